/** Which name the client certificate must have, and in which header the proxy says it. */
export interface CertificateRule {
  header: string;
  commonName: string;
}

/**
 * Whether the verified subject that a TLS-terminating proxy hands on is Concur's: the common name alone or a distinguished
 * name in the form of RFC 4514 (`CN=…,O=…`). Only the common name counts, since everything else changes each year (platform
 * spec 2.5); a subject with several common names is refused, for then one of them may be made up.
 */
export function isNamed(subject: string | undefined, commonName: string): boolean {
  if (subject === undefined) return false;
  if (subject.trim() === commonName) return true;
  // A comma that belongs to a value is escaped by a backslash.
  const names = subject
    .split(/(?<!\\)[,+]/)
    .map((part) => /^\s*CN\s*=\s*(.*?)\s*$/i.exec(part)?.[1])
    .filter((name) => name !== undefined);
  return names.length === 1 && names[0] === commonName;
}
