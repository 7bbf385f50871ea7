import { useState } from 'preact/hooks';
import { messageOf } from '../../format/message-of.ts';
import { Button } from '../../forms/button.tsx';
import { limits } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Alert } from '../../forms/form.tsx';
import { mostFiles, sortFiles } from '../../forms/sort-files.ts';
import { useInsta } from '../../parts/use-insta.ts';
import { useStore } from '../../parts/use-store.ts';
import { parseRoute } from '../../routing/route.ts';
import { useNavigation } from '../../routing/use-navigation.ts';
import { useView } from '../../routing/use-view.ts';
import { ChosenFiles } from './chosen-files.tsx';
import { FilePicker } from './file-picker.tsx';
import { stateOfDraft } from './state-of-draft.ts';

/** A post is written: files are sent while one still writes. */
export function NewPost() {
  const { draft, toasts } = useInsta();
  const navigation = useNavigation();
  const uploads = useStore(draft.files.uploads);
  const caption = useStore(draft.caption);
  const [troubles, setTroubles] = useState<readonly string[]>([]);
  const sharing = useStore(draft.sharing);
  const busy = sharing.status === 'sharing';
  useView('New post');

  const add = (files: readonly File[]) => {
    const sorted = sortFiles(files, uploads.length);
    setTroubles(sorted.troubles);
    draft.files.add(sorted.taken);
  };
  const { mayShare, text } = stateOfDraft(uploads, caption);
  const share = async (event: Event) => {
    event.preventDefault();
    if (busy || !mayShare) return;
    setTroubles([]);
    const isThere = await draft.share();
    // Whoever looks at something else meanwhile goes on with that.
    const isHere = parseRoute(navigation.place.get().address).view === 'new';
    const { status, error } = { error: undefined, ...draft.sharing.get() };
    if (isThere) {
      toasts.say('Your post is there.');
      if (isHere) navigation.go('/', { replace: true });
    } else if (status === 'failed' && !isHere) {
      toasts.say(`Your post was not shared. ${messageOf(error)}`, { tone: 'trouble' });
    }
  };
  const shown = sharing.status === 'failed' ? [...troubles, messageOf(sharing.error)] : troubles;
  return (
    <form class="page-column new-post" aria-label="New post" onSubmit={(event) => void share(event)}>
      <h1 tabIndex={-1}>New post</h1>
      {shown.length > 0 && (
        <Alert>
          {shown.map((trouble) => (
            <span key={trouble}>{trouble}</span>
          ))}
        </Alert>
      )}
      {uploads.length > 0 && <ChosenFiles uploads={uploads} fixed={busy} />}
      {uploads.length < mostFiles && !busy && <FilePicker isFirst={uploads.length === 0} onFiles={add} />}
      <Field
        label="Caption"
        name="caption"
        kind="lines"
        rows={4}
        autocapitalize="sentences"
        value={caption}
        most={limits.caption.most}
        hint="What is it? Who has this read out hears it in place of the picture. Name people by @handle."
        fixed={busy}
        onValue={draft.write}
      />
      <div class="new-post-foot">
        <p role="status">{busy ? 'Sharing…' : text}</p>
        <Button look="main" type="submit" busy={busy} aria-disabled={!mayShare}>
          Share
        </Button>
      </div>
    </form>
  );
}
