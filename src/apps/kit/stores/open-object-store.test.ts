import { folderPlace, s3Place } from '../testing/object-store-places.ts';
import { objectStoreTests } from '../testing/object-store-tests.ts';

objectStoreTests('a folder', folderPlace);
objectStoreTests('S3', s3Place);
