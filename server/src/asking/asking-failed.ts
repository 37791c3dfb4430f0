/** The running server could not be asked, or refused what it was asked for; the message is one line that says why. */
export class AskingFailed extends Error {
  override readonly name = 'AskingFailed';
}
