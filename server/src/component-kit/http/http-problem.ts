import { dialProblem } from '../network/dial-problem.ts';

const reasons: Readonly<Record<string, string>> = {
  EPROTO: 'what listens there does not speak TLS: is it "http://"?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there does not speak TLS: is it "http://"?',
  HPE_HEADER_OVERFLOW: 'the headers of its answer take more than they may',
};

/** Why there is no answer, for people, to stand behind an address. */
export const httpProblem = (error: NodeJS.ErrnoException): string => {
  const { code = '' } = error;
  if (reasons[code] !== undefined) return reasons[code];
  return code.startsWith('HPE_') ? 'what listens there does not speak HTTP' : dialProblem(error);
};
