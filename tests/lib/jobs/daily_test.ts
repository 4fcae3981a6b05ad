import assert from "node:assert/strict";
import fc from "fast-check";
import { newestDue, nextDue } from "../../../lib/jobs/daily.ts";

const NEW_YORK = "America/New_York";

/** The newest due instant at one time, and the next. */
function around(at: string, now: string, timeZone = NEW_YORK): [string, string] {
  const schedule = { timeZone, at };
  return [newestDue(schedule, new Date(now)).toISOString(), nextDue(schedule, new Date(now)).toISOString()];
}

Deno.test("on ordinary days the time comes once a day", () => {
  assert.deepEqual(around("03:00", "2026-11-20T08:00:00Z"), ["2026-11-20T08:00:00.000Z", "2026-11-21T08:00:00.000Z"]);
  assert.deepEqual(around("03:00", "2026-11-20T07:59:59.999Z"), [
    "2026-11-19T08:00:00.000Z",
    "2026-11-20T08:00:00.000Z",
  ]);
  assert.deepEqual(around("03:00", "2026-07-01T12:00:00Z"), ["2026-07-01T07:00:00.000Z", "2026-07-02T07:00:00.000Z"]);
  assert.deepEqual(around("23:30", "2026-07-02T03:30:00Z"), ["2026-07-02T03:30:00.000Z", "2026-07-03T03:30:00.000Z"]);
});

Deno.test("the night on which the clocks go forward: 03:00 and 01:30 as ever, 02:30 as soon as they have", () => {
  const before = "2026-03-08T06:00:00Z";
  const noon = "2026-03-08T16:00:00Z";
  assert.deepEqual(around("03:00", before), ["2026-03-07T08:00:00.000Z", "2026-03-08T07:00:00.000Z"]);
  assert.deepEqual(around("03:00", noon), ["2026-03-08T07:00:00.000Z", "2026-03-09T07:00:00.000Z"]);
  assert.deepEqual(around("02:30", before), ["2026-03-07T07:30:00.000Z", "2026-03-08T07:00:00.000Z"]);
  assert.deepEqual(around("02:30", "2026-03-08T06:59:59.999Z"), [
    "2026-03-07T07:30:00.000Z",
    "2026-03-08T07:00:00.000Z",
  ]);
  assert.deepEqual(around("02:30", noon), ["2026-03-08T07:00:00.000Z", "2026-03-09T06:30:00.000Z"]);
  assert.deepEqual(around("01:30", before), ["2026-03-07T06:30:00.000Z", "2026-03-08T06:30:00.000Z"]);
  assert.deepEqual(around("01:30", noon), ["2026-03-08T06:30:00.000Z", "2026-03-09T05:30:00.000Z"]);
});

Deno.test("the night on which the clocks go back: 01:30 the first time only, 02:30 and 03:00 as ever", () => {
  const before = "2026-11-01T04:00:00Z";
  const noon = "2026-11-01T17:00:00Z";
  assert.deepEqual(around("01:30", before), ["2026-10-31T05:30:00.000Z", "2026-11-01T05:30:00.000Z"]);
  assert.deepEqual(around("01:30", "2026-11-01T06:30:00Z"), ["2026-11-01T05:30:00.000Z", "2026-11-02T06:30:00.000Z"]);
  assert.deepEqual(around("01:30", noon), ["2026-11-01T05:30:00.000Z", "2026-11-02T06:30:00.000Z"]);
  assert.deepEqual(around("02:30", before), ["2026-10-31T06:30:00.000Z", "2026-11-01T07:30:00.000Z"]);
  assert.deepEqual(around("02:30", noon), ["2026-11-01T07:30:00.000Z", "2026-11-02T07:30:00.000Z"]);
  assert.deepEqual(around("03:00", before), ["2026-10-31T07:00:00.000Z", "2026-11-01T08:00:00.000Z"]);
  assert.deepEqual(around("03:00", noon), ["2026-11-01T08:00:00.000Z", "2026-11-02T08:00:00.000Z"]);
});

Deno.test("changes of half an hour, at midnight, and of a whole day", () => {
  assert.deepEqual(around("02:15", "2026-10-03T20:00:00Z", "Australia/Lord_Howe"), [
    "2026-10-03T15:30:00.000Z",
    "2026-10-04T15:15:00.000Z",
  ]);
  assert.deepEqual(around("00:30", "2026-09-06T12:00:00Z", "America/Santiago"), [
    "2026-09-06T04:00:00.000Z",
    "2026-09-07T03:30:00.000Z",
  ]);
  assert.deepEqual(around("03:00", "2011-12-30T09:59:59Z", "Pacific/Apia"), [
    "2011-12-29T13:00:00.000Z",
    "2011-12-30T10:00:00.000Z",
  ]);
  assert.deepEqual(around("03:00", "2011-12-30T10:00:00Z", "Pacific/Apia"), [
    "2011-12-30T10:00:00.000Z",
    "2011-12-30T13:00:00.000Z",
  ]);
});

Deno.test("the newest is never ahead, the next always is, and none lies between them", () => {
  const zones = [NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC"];
  const when = fc.date({ min: new Date("2015-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });
  const minuteOfDay = fc.integer({ min: 0, max: 24 * 60 - 1 });
  fc.assert(fc.property(when, minuteOfDay, fc.constantFrom(...zones), (now, minute, timeZone) => {
    const at = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    const schedule = { timeZone, at };
    const newest = newestDue(schedule, now);
    const next = nextDue(schedule, now);
    assert.ok(newest <= now && now < next);
    assert.deepEqual(nextDue(schedule, newest), next);
    assert.deepEqual(newestDue(schedule, new Date(next.getTime() - 1)), newest);
    const hours = (next.getTime() - newest.getTime()) / 3_600_000;
    assert.ok(hours >= 22.5 && hours <= 25.5, `${hours} hours apart`);
    const shown = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(newest);
    assert.ok(shown >= at, `${at} came when the clocks showed ${shown}`);
  }));
});

Deno.test("what is no time of day or no zone is refused with its value", () => {
  const now = new Date("2026-11-20T08:00:00Z");
  assert.throws(() => newestDue({ timeZone: NEW_YORK, at: "24:00" }, now), /"24:00" is no time of day/);
  assert.throws(() => nextDue({ timeZone: "New York", at: "03:00" }, now), /"New York" is no time zone/);
});
