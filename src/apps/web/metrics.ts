import { counter } from '../../model/index.ts';

export default {
  missingAssets: counter({
    name: 'web_missing_assets_total',
    help: 'Assets that were asked for and are not there: during an update, those of the page before or after.',
  }),
};
