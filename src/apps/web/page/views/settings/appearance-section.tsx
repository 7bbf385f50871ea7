import { useState } from 'preact/hooks';
import { type Appearance, readAppearance, setAppearance } from '../../state/appearance.ts';
import { Section } from './section.tsx';

const choices: readonly (readonly [Appearance, string])[] = [
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function AppearanceSection() {
  const [chosen, setChosen] = useState(readAppearance);
  return (
    <Section title="Appearance">
      <fieldset class="segments">
        <legend class="unseen">Appearance</legend>
        {choices.map(([value, label]) => (
          <label key={value} class="segment">
            <input
              type="radio"
              name="appearance"
              value={value}
              checked={chosen === value}
              onChange={() => {
                setAppearance(value);
                setChosen(value);
              }}
            />
            {label}
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
