/** What was asked of users or tokens cannot be done; the status is that of an answer of HTTP. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: 404 | 409 | 422,
    sentence: string,
  ) {
    super(sentence);
  }
}
