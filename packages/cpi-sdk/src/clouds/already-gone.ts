/**
 * Runs a deletion; that the thing is gone already is success. `isGone` tells such an error of the cloud from others.
 * Answers false when it was gone.
 */
export async function deleteIfThere(
  work: () => Promise<unknown>,
  isGone: (error: unknown) => boolean,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
