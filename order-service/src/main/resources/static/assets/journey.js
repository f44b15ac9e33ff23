'use strict';
// Reads the journey again whenever the order moves (server-sent events) and, until all is settled, every second.

const orderId = decodeURIComponent(location.pathname.split('/').pop());
const api = '/orders/' + encodeURIComponent(orderId);
const byId = id => document.getElementById(id);
let shown = '';
let events = null;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function time(at) {
  return element('time', at.replace('T', ' ').replace('Z', ' UTC'));
}

function place(record) {
  return record.topic + '-' + record.partition + '@' + record.offset;
}

function timeline(journey) {
  const told = [];
  for (const event of journey.happenings) {
    if (event.method) told.push({at: event.at, kind: 'call', title: event.method + ' ' + event.path, note: event.idempotencyKey ? 'Idempotency-Key ' + event.idempotencyKey : ''});
    told.push({at: event.at, kind: 'state', title: event.what, note: event.reason || ''});
  }
  for (const event of journey.outbox) {
    if (event.status === 'WAITING') told.push({at: event.storedAt, kind: 'retry', title: event.type + ' waits in the outbox', note: event.waitsBehind ? event.waitsBehind + ' before it' : ''});
  }
  for (const record of journey.records) {
    const data = Object.entries(record.data).map(([name, value]) => name + ' ' + value).join(', ');
    told.push({at: record.recordedAt, kind: 'record', title: record.type || 'a record of no known type', place: place(record), note: [record.source, data, record.attempts > 1 ? record.attempts + ' attempts' : ''].filter(Boolean).join(' · '), readers: record.readers});
  }
  for (const letter of journey.deadLetters) {
    told.push({at: letter.at, kind: 'dead', title: 'dead letter: ' + (letter.type || 'a record'), place: place(letter), note: [letter.group, letter.reason, letter.attempts + ' attempts', letter.status].filter(Boolean).join(' · ')});
  }
  return told.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0); // sort is stable: what happens at once keeps its order
}

function entry(told) {
  const item = element('li', null, told.kind);
  item.append(time(told.at), element('strong', told.title));
  if (told.place) item.append(' ', element('span', told.place, 'place'));
  if (told.note) item.append(element('div', told.note));
  if (told.readers && told.readers.length) {
    const readers = element('div', null, 'readers');
    for (const reader of told.readers) readers.append(element('span', reader.group + ': ' + reader.status.toLowerCase() + (reader.lag ? ', ' + reader.lag + ' behind' : ''), reader.concerned ? reader.status : ''));
    item.append(readers);
  }
  return item;
}

function standing(title, part) {
  const card = element('article', null, 'card');
  card.append(element('h2', title), element('strong', part.status), time(part.since));
  const list = element('dl');
  for (const [name, value] of Object.entries(part.data)) list.append(element('dt', name), element('dd', value));
  card.append(list);
  return card;
}

function show(journey) {
  for (const part of ['story', 'ids']) byId(part).hidden = false;
  byId('order').textContent = journey.orderId;
  document.title = journey.orderId + ' · ' + journey.state;
  byId('state').textContent = journey.state;
  byId('state').className = 'badge ' + journey.state;
  byId('settled').hidden = !journey.settled;
  byId('settled').textContent = 'settled';
  byId('waiting').hidden = journey.waitingFor.length === 0;
  byId('waiting').querySelector('ul').replaceChildren(...journey.waitingFor.map(wait => element('li', wait.text)));
  byId('standings').replaceChildren(...[['Reservation', journey.reservation], ['Shipment', journey.shipment]]
      .filter(([, part]) => part).map(([title, part]) => standing(title, part)));
  byId('timeline').replaceChildren(...timeline(journey).map(entry));
  const ids = byId('ids').querySelector('dl');
  ids.replaceChildren();
  for (const id of journey.correlationIds) ids.append(element('dt', 'correlation'), element('dd', id));
  for (const id of journey.traceIds) ids.append(element('dt', 'trace'), element('dd', id));
  const word = journey.knowledge;
  byId('knowledge').textContent = word.broker === 'ANSWERS'
      ? (word.journeyLag ? 'The journey has still to read ' + word.journeyLag + ' records.' : 'The journey has read everything there is.')
      : 'What the broker would know is not known: ' + word.trouble;
}

function follow() {
  events = new EventSource(api + '/events');
  for (const name of ['confirmed', 'shipped', 'rejected', 'cancelled', 'delivered']) events.addEventListener(name, read);
}

// Reads and shows the journey; resolves to the milliseconds after which to look again.
async function read() {
  try {
    const answer = await fetch(api + '/journey');
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(body.detail), {again: answer.status === 404 ? 5000 : 1000});
    const {knowledge: {askedAt, ...word}, ...rest} = body;
    const now = JSON.stringify([word, rest]);
    if (now !== shown) show(body);
    shown = now;
    byId('problem').hidden = true;
    if (!events) follow();
    return body.settled ? 10000 : 1000;
  } catch (error) {
    byId('problem').textContent = error.again ? error.message : 'The order service does not answer; looking again every second.';
    byId('problem').hidden = false;
    shown = '';
    return error.again || 1000;
  }
}

async function look() {
  setTimeout(look, await read());
}

byId('order').textContent = orderId;
look();
