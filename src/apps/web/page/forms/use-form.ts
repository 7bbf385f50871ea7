import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isProblem, messageOf } from '../format/message-of.ts';
import type { Check } from './checks.ts';

export interface FormProps<Name extends string> {
  readonly initial: Readonly<Record<Name, string>>;
  readonly checks: Readonly<Record<NoInfer<Name>, Check>>;
  /** Sends what was typed; what it throws is shown. */
  readonly send: (values: Readonly<Record<NoInfer<Name>, string>>) => Promise<void>;
  /** Which field a mistake is about that only the server finds, by its code. @default - none */
  readonly fieldOf?: Readonly<Partial<Record<string, NoInfer<Name>>>>;
}

export type Form<Name extends string> = ReturnType<typeof useForm<Name>>;

/** What was typed, what is wrong with it and whether it is being sent. */
export function useForm<Name extends string>({ initial, checks, send, fieldOf = {} }: FormProps<Name>) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [trouble, setTrouble] = useState<string>();
  const [busy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const names = Object.keys(initial) as Name[];

  const [refused, refuse] = useState<Partial<Record<Name, string>>>();
  // Once what is wrong is drawn: it is the description of the field, which is read out with it.
  useLayoutEffect(() => {
    const first = refused && names.find((name) => refused[name]);
    if (first) element.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  }, [refused]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setTrouble(undefined);
    const found = Object.fromEntries(
      names.flatMap((name) => {
        const message = checks[name](values[name]);
        return message ? [[name, message]] : [];
      }),
    ) as Partial<Record<Name, string>>;
    if (Object.keys(found).length > 0) {
      setErrors(found);
      refuse(found);
      return;
    }
    setErrors({});
    setBusy(true);
    try {
      await send(values);
    } catch (error) {
      const field = isProblem(error) ? fieldOf[error.code] : undefined;
      if (field) {
        const found = { [field]: messageOf(error) } as Partial<Record<Name, string>>;
        setErrors(found);
        refuse(found);
      } else setTrouble(messageOf(error));
    } finally {
      setBusy(false);
    }
  };

  const set = (name: Name, value: string) => {
    setValues((now) => ({ ...now, [name]: value }));
    // What was wrong is being corrected: it is checked again when it is sent.
    setErrors((now) => ({ ...now, [name]: undefined }));
  };

  return {
    element,
    trouble,
    busy,
    submit,
    set,
    reset: () => setValues(initial),
    /** For a `Field` of this name. */
    field: (name: Name) => ({
      name,
      value: values[name],
      error: errors[name],
      onValue: (value: string) => set(name, value),
    }),
  };
}
