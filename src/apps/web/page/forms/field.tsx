import type { JSX, TargetedEvent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { FieldError } from './field-error.tsx';

export interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What is wrong with it. @default - nothing */
  readonly error?: string | undefined;
  /** What helps while one types. @default - nothing */
  readonly hint?: string | undefined;
  /** `lines` for a text of several. @default 'text' */
  readonly kind?: 'text' | 'email' | 'password' | 'lines';
  /** Shows how much of this is used. @default - any length, no counter */
  readonly most?: number;
  /** What stands before the text, such as `@`. @default - nothing */
  readonly prefix?: string;
  readonly autocomplete?: JSX.IntrinsicElements['input']['autocomplete'];
  readonly autocapitalize?: 'none' | 'words' | 'sentences';
  readonly rows?: number;
  /** Whether it cannot be changed for now, and can only be read. @default false */
  readonly fixed?: boolean;
}

/** A labelled field; what is wrong with it is read out with it. */
export function Field(props: FieldProps) {
  const {
    label,
    name,
    value,
    onValue,
    error,
    hint,
    kind = 'text',
    most,
    prefix,
    autocomplete,
    autocapitalize,
    rows = 3,
    fixed = false,
  } = props;
  const id = useId();
  const [isShown, setShown] = useState(false);
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
  const common = {
    id,
    name,
    value,
    autocomplete,
    autocapitalize,
    readOnly: fixed,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': described,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => onValue(event.currentTarget.value),
  } as const;

  const control = () => {
    if (kind === 'lines') return <textarea {...common} rows={rows} />;
    if (kind === 'email') return <input {...common} type="email" />;
    if (kind === 'password' && !isShown) return <input {...common} type="password" />;
    return <input {...common} type="text" spellcheck={autocapitalize === 'none' ? false : undefined} />;
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        {prefix && (
          <span class="field-prefix" aria-hidden="true">
            {prefix}
          </span>
        )}
        {control()}
        {kind === 'password' && (
          <button
            type="button"
            class="icon-button"
            aria-label={isShown ? 'Hide password' : 'Show password'}
            onClick={() => setShown(!isShown)}
          >
            <Icon name={isShown ? 'eye-off' : 'eye'} />
          </button>
        )}
      </div>
      <div class="field-notes">
        <div>
          {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
          {hint && (
            <p id={`${id}-hint`} class="field-hint">
              {hint}
            </p>
          )}
        </div>
        {most !== undefined && <Counter used={value.trim().length} most={most} />}
      </div>
    </div>
  );
}

function Counter({ used, most }: { used: number; most: number }) {
  return (
    <p class={`field-counter ${used > most ? 'is-over' : ''}`}>
      {used}
      <span class="unseen"> of </span>
      <span aria-hidden="true">/</span>
      {most}
    </p>
  );
}
