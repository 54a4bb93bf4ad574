// Numbers and times as people read them. What is not known is "unknown", never zero.
import {h} from './dom.js';

const precise = new Intl.NumberFormat('en', {maximumSignificantDigits: 3});
const grouped = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

const kUnknown = 'unknown';

const known = (value) => value !== null && value !== undefined;

/** Counts and costs: 12,345, and three digits from a million on. */
export function number(value) {
  if (!known(value)) return kUnknown;
  const size = Math.abs(value);
  for (const [unit, name] of [
    [1e12, ' trillion'],
    [1e9, ' billion'],
    [1e6, ' million'],
  ]) {
    if (size >= unit) return `${precise.format(value / unit)}${name}`;
  }
  return size >= 1000 ? grouped.format(value) : precise.format(value);
}

export const count = (many, one, more = `${one}s`) => `${number(many)} ${many === 1 ? one : more}`;

const tenths = new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1});

/** 34.2 %; small ones with two digits that matter. */
export function percent(share) {
  if (!known(share)) return kUnknown;
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value > 99.9 && value < 100) return 'over 99.9 %'; // not all of it, however it is rounded
  return `${Math.abs(value) >= 1 ? tenths.format(value) : Number(value.toPrecision(2))} %`;
}

/** As PostgreSQL's pg_size_pretty: a kB has 1024 bytes. */
export function bytes(value) {
  if (!known(value)) return kUnknown;
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${precise.format(value)} ${value === 1 && unit === 0 ? 'byte' : units[unit]}`;
}

export const rate = (value) => (known(value) ? `${bytes(value)}/s` : kUnknown);

export function milliseconds(value) {
  if (!known(value)) return kUnknown;
  for (const [size, unit] of [
    [86400e3, 'days'],
    [3600e3, 'h'],
    [60e3, 'min'],
    [1e3, 's'],
  ]) {
    if (Math.abs(value) >= size) return `${precise.format(value / size)} ${unit}`;
  }
  return `${precise.format(value)} ms`;
}

/** What a day takes or saves; days a day would be odd. */
export const perDay = (value) =>
  Math.abs(value) >= 86400e3 ? `${precise.format(value / 3600e3)} h a day` : `${milliseconds(value)} a day`;

export const seconds = (value) => milliseconds(known(value) ? value * 1000 : null);

/** 1.5 times cheaper; empty where nothing gets cheaper. */
export const factor = (before, after) =>
  after > 0 && before > after * 1.005 ? `${precise.format(before / after)} times cheaper` : '';

function relative(date, now) {
  const passed = (now - date) / 1000;
  const ahead = passed < 0;
  const size = Math.abs(passed);
  if (size < 5) return 'now';
  for (const [unit, length] of [
    ['day', 86400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ]) {
    if (size < length) continue;
    const many = Math.floor(size / length);
    const text = `${many} ${unit}${unit === 'day' && many > 1 ? 's' : ''}`;
    return ahead ? `in ${text}` : `${text} ago`;
  }
  return 'now';
}

export const absolute = (text) => new Date(text).toLocaleString('en-GB', {dateStyle: 'medium', timeStyle: 'short'});

/** A time as it is on the reader's clock. */
export const time = (text) => (known(text) ? h('time', {datetime: text}, absolute(text)) : 'never');

/** "3 min ago", kept true by tickTimes(). */
export const ago = (text, never = 'never') =>
  known(text)
    ? h('time', {datetime: text, title: absolute(text), 'data-ago': true}, relative(new Date(text), Date.now()))
    : never;

export function tickTimes() {
  for (const element of document.querySelectorAll('time[data-ago]')) {
    element.textContent = relative(new Date(element.dateTime), Date.now());
  }
}

export const version = (number_) =>
  known(number_) ? `${Math.floor(number_ / 10000)}.${number_ % 10000}` : kUnknown;

/** A table or index without the schema that goes without saying. */
export const qualified = (schema, name) => (schema === 'public' ? name : `${schema}.${name}`);

export const shorten = (text, length = 160) => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length)}…` : line;
};
