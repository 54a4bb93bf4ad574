// What the API's words mean, and the tone they are shown in: good, warn, bad or none.

export const states = {
  open: ['', 'Proposed, and nobody has decided yet'],
  snoozed: ['', 'Put aside until a time'],
  dismissed: ['', 'Somebody decided against it'],
  applied: ['warn', 'Seen in the catalog; its effect is being measured'],
  verified: ['good', 'Measured to do what it was meant to'],
  without_effect: ['warn', 'Measured: it changes nothing'],
  regressed: ['bad', 'Measured: statements became slower'],
  obsolete: ['', 'No longer proposed'],
};

export const verdicts = {
  duplicate: ['warn', 'Another index has the same definition and stays'],
  redundant: ['warn', 'Another index does its work as well and stays'],
  unused: ['warn', 'No server of the cluster scanned it in the whole window'],
  observing: ['', 'No scan so far, but not watched for long enough to call it unused'],
  invalid: ['bad', 'No query uses it: being built, or left by a build that failed'],
  bloated: ['warn', 'At least twice as large as a new one would be'],
  review: ['warn', 'Worth a look by somebody who knows what it is for'],
  protected: ['', 'Not scanned, but kept for what it enforces or supports'],
  unknown: ['', 'Nothing can be said: counters were lost or never seen'],
  ok: ['good', 'In use, nothing to do'],
};

export const severities = {
  critical: ['bad', 'Referenced rows are deleted or re-keyed: each makes PostgreSQL read the whole table'],
  warning: ['warn', 'The first delete of a referenced row reads the whole table'],
  info: ['', 'Small: reading it is cheap'],
};

export const hotspotStates = {
  new: ['bad', 'Far more is read than usual at this hour of the week'],
  known: ['warn', 'Reads much, and has for longer'],
  resolved: ['good', 'No longer read much'],
};

export const confidences = {
  high: ['good', 'Two statements or more ask for it, and no gain rests on how much a range takes in'],
  medium: ['', 'It rests on a single statement, or on how much a range takes in, which the planner guesses'],
  low: ['warn', 'There are no statistics of its columns: ANALYZE the table first'],
};

export const obstacles = {
  budget: ['', 'Larger than the whole storage budget'],
  rest_of_budget: ['', 'Larger than what the proposed indexes leave of the storage budget'],
  writes: ['', 'Writes take what it saves, or leave too little of it'],
  served: ['', 'A proposed index serves its statements'],
  too_little: ['', 'Beside the proposed indexes it saves too little'],
  slowdown: ['', 'A statement is expected to become slower'],
  max_indexes: ['', 'As many indexes as allowed are proposed'],
  gap: ['', 'The search ended before it was tried'],
};

export const causes = {
  missing_index: 'No index lets its statements read only the rows they need',
  missing_foreign_key_index: 'Checks of a foreign key read the whole table: no index finds its columns',
  missing_statistics: 'The planner knows too little of the table: ANALYZE it',
  planner_setting: 'A planner setting keeps PostgreSQL from using an index',
  unknown: 'The cause is unknown',
};

export const say = (word) => word.replaceAll('_', ' ');
