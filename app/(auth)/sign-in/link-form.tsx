import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { askForLink } from './actions';

type LinkFormProps = { error?: string; to: string };

/** Asks for a sign-in link; `error` is what the last attempt came back with. */
export function LinkForm({ error, to }: LinkFormProps) {
  const said =
    error === 'email'
      ? 'This is not an e-mail address.'
      : 'That didn’t work. The link may be used or too old; ask for a new one.';
  return (
    <form action={askForLink} className="flex flex-col gap-4">
      <input type="hidden" name="callbackUrl" value={to} />
      <Field id="email" label="E-mail" hint="We send you a link. No password." error={error && said}>
        <Input
          id="email"
          name="email"
          type="email"
          autoComplete="email"
          required
          aria-describedby="email-note"
          aria-invalid={error === 'email'}
        />
      </Field>
      <Button type="submit" look="primary" size="large">
        Send me a link
      </Button>
    </form>
  );
}
