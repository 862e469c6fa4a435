// A runner that kills itself at a chosen moment of its event log, as a power cut would: for crash tests only.
import { WebSocket } from 'ws';
import type { TaskEvent } from '../../shared/task/events.ts';
import { EventStore } from '../../runner/store/eventStore.ts';
import type { Journal } from '../../runner/tasks/ports.ts';

/**
 * Right before or right after the nth append, when the frame with event n has just left for a client, or whenever
 * the agent calls something deadly.
 */
export type DeathSide = 'before' | 'after' | 'sent' | 'call';

const side = process.env['NIGHTJAR_TEST_DEATH'] as DeathSide | undefined;
const at = Number(process.env['NIGHTJAR_TEST_DEATH_AT']);

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function dieAtAppend(): void {
  type Append = (this: EventStore, ...facts: Parameters<Journal['append']>) => ReturnType<Journal['append']>;
  const append: Append = Reflect.get(EventStore.prototype, 'append');
  let count = 0;
  EventStore.prototype.append = function (...facts) {
    count += 1;
    if (side === 'before' && count === at) die();
    const events = append.apply(this, facts);
    if (side === 'after' && count === at) die();
    if (side === 'call' && events.some(isDeadlyCall)) die();
    return events;
  };
}

function isDeadlyCall(event: TaskEvent): boolean {
  return event.type === 'toolStarted' && event.data.arguments.includes('deadly');
}

function dieWhenSent(): void {
  type Send = (this: WebSocket, data: string | Uint8Array, done: (error?: Error) => void) => void;
  const send: Send = Reflect.get(WebSocket.prototype, 'send');
  const sendAndDie: Send = function (data, done) {
    const isFatal = typeof data === 'string' && data.includes('"method":"event"') && seqOf(data) >= at;
    send.call(this, data, (error) => {
      if (isFatal) die();
      done(error);
    });
  };
  WebSocket.prototype.send = sendAndDie as WebSocket['send'];
}

function seqOf(frame: string): number {
  return (JSON.parse(frame) as { params: { seq: number } }).params.seq;
}

/** As if a person wrote in the very moment in which the first delivery has begun. */
function sayWhileDelivering(text: string): void {
  type Append = (this: EventStore, ...facts: Parameters<Journal['append']>) => ReturnType<Journal['append']>;
  const append: Append = Reflect.get(EventStore.prototype, 'append');
  let isSaid = false;
  EventStore.prototype.append = function (taskId, facts, time) {
    const events = append.call(this, taskId, facts, time);
    if (isSaid || !events.some(({ type }) => type === 'deliverStarted')) return events;
    isSaid = true;
    append.call(this, taskId, [{ type: 'messageReceived', data: { messageId: 'meanwhile', text } }], time);
    return events;
  };
}

if (side === 'sent') dieWhenSent();
else if (side !== undefined) dieAtAppend();
const said = process.env['NIGHTJAR_TEST_SAYS'];
if (said !== undefined) sayWhileDelivering(said);
await import('../../runner/main.ts');
