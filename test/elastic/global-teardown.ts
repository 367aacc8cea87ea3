/** After all test files: nothing that was started for them stays. */
export default async function tearDown(): Promise<void> {
  await globalThis.elkhoundBroker?.stop();
}
