import { redirect } from 'next/navigation';

/** The desk opens with what waits for the reader. */
export default function DeskPage() {
  redirect('/inbox');
}
