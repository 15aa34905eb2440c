import { type StemcellCid, stemcellCid } from '@boti/core';

/** Source: bosh-openstack-cpi stemcell_creator.rb. */
const suffix = ' light';

/** The cid of a light stemcell: its image was there before and is not deleted with it. */
export function lightStemcellCid(imageId: string): StemcellCid {
  return stemcellCid(`${imageId}${suffix}`);
}

/** The cloud's id of a stemcell's image, and whether delete_stemcell must leave it. */
export function imageOfStemcell(cid: StemcellCid): { readonly imageId: string; readonly isLight: boolean } {
  const isLight = cid.endsWith(suffix);
  return { imageId: isLight ? cid.slice(0, -suffix.length) : cid, isLight };
}
