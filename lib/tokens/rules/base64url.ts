// Base64url text is accepted only in the one spelling that its bytes have.

/** Bytes of unpadded base64url (RFC 4648 § 5); null for other letters, padding or stray trailing bits. */
export function fromBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
