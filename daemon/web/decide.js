// People's decisions on a recommendation: snooze, dismiss, reopen. Asked in a dialog, taken by the API.
import {post} from './api.js';
import {announce, h} from './dom.js';
import {absolute} from './format.js';

const kNameKey = 'pgadvisor-name';
const kDay = 86400e3;
const spans = [
  ['1', 'for a day'],
  ['7', 'for a week'],
  ['30', 'for a month'],
  ['90', 'for three months'],
];

/** Who decides; the browser remembers the name where it may. */
function rememberedName(name) {
  try {
    if (name) localStorage.setItem(kNameKey, name);
    return localStorage.getItem(kNameKey) ?? '';
  } catch {
    return '';
  }
}

const field = (name, label, hint, control) =>
  h(
    'p',
    {class: 'field'},
    h('label', {for: `decide-${name}`}, label),
    control,
    hint ? h('span', {class: 'minor', id: `decide-${name}-hint`}, hint) : null,
  );

const input = (name, properties) =>
  h('input', {id: `decide-${name}`, name, type: 'text', autocomplete: 'off', ...properties});

const nameField = () =>
  field(
    'by',
    'Your name',
    'Nobody checks it; it stands in the history.',
    input('by', {
      required: true,
      maxlength: 100,
      value: rememberedName(''),
      'aria-describedby': 'decide-by-hint',
    }),
  );

const whyField = (required) =>
  field('why', required ? 'Why' : 'Why (optional)', '', input('why', {required, maxlength: 1000}));

const kinds = {
  snooze: {
    title: 'Snooze',
    does: 'Put aside, and proposed again by itself after that time.',
    fields: () => [
      field(
        'until',
        'How long',
        '',
        h(
          'select',
          {id: 'decide-until', name: 'until'},
          spans.map(([days, text]) => h('option', {value: days, selected: days === '7'}, text)),
        ),
      ),
      nameField(),
      whyField(false),
    ],
    body: (form) => ({until: new Date(Date.now() + Number(form.get('until')) * kDay).toISOString()}),
    done: (item) => `Snoozed until ${absolute(item.lifecycle.snoozed_until)}`,
  },
  dismiss: {
    title: 'Dismiss',
    does: 'Not proposed again, until somebody reopens it.',
    fields: () => [whyField(true), nameField()],
    body: () => ({}),
    done: () => 'Dismissed',
  },
  reopen: {
    title: 'Reopen',
    does: 'Proposed again from now on.',
    fields: () => [nameField(), whyField(false)],
    body: () => ({}),
    done: () => 'Reopened',
  },
};

async function submit(action, id, dialog, decided) {
  const form = new FormData(dialog.querySelector('form'));
  const problem = dialog.querySelector('.problem');
  const why = form.get('why').trim();
  const body = {
    by: rememberedName(form.get('by').trim()) || form.get('by').trim(),
    ...(why ? {why} : {}),
    ...kinds[action].body(form),
  };
  const button = dialog.querySelector('.primary');
  button.disabled = true;
  try {
    const item = await post(`recommendations/${encodeURIComponent(id)}/${action}`, body);
    dialog.close();
    announce(kinds[action].done(item));
    decided();
  } catch (error) {
    problem.textContent = `Not done: ${error.message}`;
  } finally {
    button.disabled = false;
  }
}

function open(action, id, decided) {
  const kind = kinds[action];
  const cancel = h('button', {type: 'button'}, 'Cancel');
  const form = h(
    'form',
    {},
    h('h2', {id: 'decide-title'}, kind.title),
    h('p', {}, kind.does),
    kind.fields(),
    h('p', {class: 'problem', role: 'alert'}),
    h('p', {class: 'buttons'}, cancel, h('button', {class: 'primary'}, kind.title)),
  );
  const dialog = h('dialog', {'aria-labelledby': 'decide-title'}, form);
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(action, id, dialog, decided);
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const possible = {
  open: ['snooze', 'dismiss'],
  without_effect: ['snooze', 'dismiss'],
  regressed: ['snooze', 'dismiss'],
  snoozed: ['reopen', 'dismiss'],
  dismissed: ['reopen'],
};

/** The buttons for what can be decided in the item's state; `decided` is called after it was. */
export const decisions = (item, decided) =>
  h(
    'div',
    {class: 'buttons'},
    (possible[item.lifecycle.state] ?? []).map((action) =>
      h(
        'button',
        {type: 'button', 'data-focus': `decide ${action}`, onclick: () => open(action, item.id, decided)},
        kinds[action].title,
      ),
    ),
  );
