/* report.c - the rows of a report; how they are shown stands in report_show.c. */
#include "runtime/report.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/near.h"
#include "runtime/output.h"

#define MONTH_LENGTH 7 /* of "2026-11" */

/* ---- By what --------------------------------------------------------------------------------- */

static const char *const words[] = {
#define REPORT_PART_WORD(name, word) word,
    REPORT_PARTS(REPORT_PART_WORD)
#undef REPORT_PART_WORD
};

const char *report_part_word(report_part part) { return words[part]; }

static void say_no_part(const char *word) {
  const char *near = tr_near_name(word, words, REPORT_PART_COUNT);
  if (near)
    say("a report is not made by '%s'; did you mean '%s'?", word, near);
  else
    say("a report is made by agreement, version, party, rep, clause, what or month, not by '%s'",
        word);
}

static bool add_part(report_by *by, const char *word) {
  report_part part = 0;
  while (part < REPORT_PART_COUNT && strcmp(words[part], word) != 0) part++;
  if (part == REPORT_PART_COUNT) {
    say_no_part(word);
    return false;
  }
  for (size_t i = 0; i < by->count; i++) {
    if (by->parts[i] != part) continue;
    say("'%s' stands twice in --by", word);
    return false;
  }
  by->parts[by->count++] = part;
  return true;
}

bool report_by_read(report_by *by, const char *text) {
  *by = (report_by){0};
  for (const char *at = text;;) {
    char word[24];
    size_t length = strcspn(at, ",");
    snprintf(word, sizeof word, "%.*s", (int)length, at);
    if (!add_part(by, word)) return false;
    if (at[length] == '\0') return true;
    at += length + 1;
  }
}

/* ---- Rows ------------------------------------------------------------------------------------ */

void report_begin(report *report) {
  ledger_init(&report->ledger);
  report->rows = NULL;
  report->row_count = 0;
  for (int kind = 0; kind < REPORT_KIND_COUNT; kind++)
    report->all[kind] = (report_row){.kind = (report_kind)kind};
}

void report_add_event(report *report, const treaty_event *event) {
  ledger_add_event(&report->ledger, event);
}

void report_add(report *report, const treaty_decision *decision) {
  ledger_add(&report->ledger, decision);
}

const treaty_decision_kind *report_kinds(size_t *count) {
  static const treaty_decision_kind kinds[] = {
      TREATY_LEAD_ADOPTED,       TREATY_HANDOVER_OFFERED,
      TREATY_HANDOVER_ACCEPTED,  TREATY_HANDOVER_REJECTED,
      TREATY_HANDOVER_RETURNED,  TREATY_HANDOVER_ENDED,
      TREATY_HANDOVER_BREACHED,  TREATY_HANDOVER_ANSWER_NOTED,
      TREATY_HANDOVER_WITHDRAWN, TREATY_HANDOVER_SENT_BACK,
      TREATY_CLOCK_PAUSED,       TREATY_CLOCK_RESUMED,
      TREATY_DUTY_STARTED,       TREATY_DUTY_KEPT,
      TREATY_DUTY_LATE,          TREATY_DUTY_BROKEN,
      TREATY_DUTY_ENDED,         TREATY_DUTY_RETURNED,
      TREATY_LEAD_MOVED,         TREATY_LEAD_OFFERED,
      TREATY_LEAD_PASSED,        TREATY_LEAD_HELD,
      TREATY_LEAD_HELD_BACK,     TREATY_LEAD_RELEASED,
      TREATY_POWER_REFUSED,      TREATY_LEAD_ASSIGNED,
      TREATY_LEAD_UNASSIGNED,    TREATY_LEAD_OPEN_TO_TEAM,
      TREATY_LEAD_OWNER_CHANGED, TREATY_QUOTA_KEPT,
      TREATY_QUOTA_BROKEN,       TREATY_QUOTA_NOTED,
      TREATY_CONTACT_OVER_LIMIT, TREATY_EVENT_VOIDED};
  *count = sizeof kinds / sizeof *kinds;
  return kinds;
}

static uint32_t month_of(report *report, int64_t time_ms) {
  char text[TREATY_TIME_TEXT_BYTES];
  treaty_time_text(report->program, time_ms, text);
  text[MONTH_LENGTH] = '\0';
  return ledger_name(&report->ledger, text);
}

static uint32_t version_of(report *report, uint32_t version) {
  char text[16];
  snprintf(text, sizeof text, "%u", version);
  return ledger_name(&report->ledger, text);
}

/* A hand-over or duty of the period, and where it belongs. */
typedef struct placed {
  report_kind kind;
  uint32_t names[REPORT_PART_COUNT];
  uint32_t index; /* in the ledger */
} placed;

static bool in_period(const report *report, int64_t began_ms) {
  return began_ms >= report->from_ms && began_ms <= report->to_ms;
}

static bool is_by(const report *report, report_part part) {
  for (size_t i = 0; i < report->by.count; i++)
    if (report->by.parts[i] == part) return true;
  return false;
}

static placed place_offer(report *report, uint32_t index) {
  const ledger_offer *offer = &report->ledger.offers[index];
  placed at = {.kind = KIND_HANDOVER, .index = index};
  if (is_by(report, PART_AGREEMENT)) at.names[PART_AGREEMENT] = offer->agreement;
  if (is_by(report, PART_VERSION)) at.names[PART_VERSION] = version_of(report, offer->version);
  if (is_by(report, PART_PARTY)) at.names[PART_PARTY] = offer->party;
  if (is_by(report, PART_REP)) at.names[PART_REP] = offer->rep;
  if (is_by(report, PART_CLAUSE)) at.names[PART_CLAUSE] = offer->clause;
  if (is_by(report, PART_WHAT)) at.names[PART_WHAT] = ledger_name(&report->ledger, "answer");
  if (is_by(report, PART_MONTH)) at.names[PART_MONTH] = month_of(report, offer->offered_ms);
  return at;
}

static placed place_duty(report *report, uint32_t index) {
  const ledger_duty *duty = &report->ledger.duties[index];
  placed at = {.kind = KIND_DUTY, .index = index};
  if (is_by(report, PART_AGREEMENT)) at.names[PART_AGREEMENT] = duty->agreement;
  if (is_by(report, PART_VERSION)) at.names[PART_VERSION] = version_of(report, duty->version);
  if (is_by(report, PART_PARTY)) at.names[PART_PARTY] = duty->party;
  if (is_by(report, PART_REP)) at.names[PART_REP] = duty->rep;
  if (is_by(report, PART_CLAUSE)) at.names[PART_CLAUSE] = duty->clause;
  if (is_by(report, PART_WHAT)) at.names[PART_WHAT] = duty->name;
  if (is_by(report, PART_MONTH)) at.names[PART_MONTH] = month_of(report, duty->started_ms);
  return at;
}

static placed place_power(report *report, uint32_t index) {
  const ledger_power *power = &report->ledger.powers[index];
  placed at = {.kind = KIND_POWER, .index = index};
  if (is_by(report, PART_AGREEMENT)) at.names[PART_AGREEMENT] = power->agreement;
  if (is_by(report, PART_VERSION)) at.names[PART_VERSION] = version_of(report, power->version);
  if (is_by(report, PART_PARTY)) at.names[PART_PARTY] = power->party;
  if (is_by(report, PART_REP)) at.names[PART_REP] = power->rep;
  if (is_by(report, PART_CLAUSE)) at.names[PART_CLAUSE] = power->clause;
  if (is_by(report, PART_WHAT)) at.names[PART_WHAT] = power->what;
  if (is_by(report, PART_MONTH)) at.names[PART_MONTH] = month_of(report, power->time_ms);
  return at;
}

static placed place_quota(report *report, uint32_t index) {
  const ledger_quota *quota = &report->ledger.quotas[index];
  placed at = {.kind = KIND_QUOTA, .index = index};
  if (is_by(report, PART_AGREEMENT)) at.names[PART_AGREEMENT] = quota->agreement;
  if (is_by(report, PART_VERSION)) at.names[PART_VERSION] = version_of(report, quota->version);
  if (is_by(report, PART_PARTY)) at.names[PART_PARTY] = quota->party;
  if (is_by(report, PART_REP)) at.names[PART_REP] = quota->rep;
  if (is_by(report, PART_CLAUSE)) at.names[PART_CLAUSE] = quota->clause;
  if (is_by(report, PART_WHAT)) at.names[PART_WHAT] = quota->name;
  if (is_by(report, PART_MONTH)) at.names[PART_MONTH] = month_of(report, quota->started_ms);
  return at;
}

/* A contact as such is of no agreement; that it was not allowed is of the clause that says so. */
static placed place_contact(report *report, uint32_t index, report_kind kind) {
  const ledger_contact *contact = &report->ledger.contacts[index];
  bool of_clause = kind == KIND_LIMIT;
  placed at = {.kind = kind, .index = index};
  if (is_by(report, PART_PARTY)) at.names[PART_PARTY] = contact->party;
  if (is_by(report, PART_REP)) at.names[PART_REP] = contact->rep;
  if (is_by(report, PART_WHAT)) at.names[PART_WHAT] = contact->name;
  if (is_by(report, PART_MONTH)) at.names[PART_MONTH] = month_of(report, contact->time_ms);
  if (of_clause && is_by(report, PART_AGREEMENT)) at.names[PART_AGREEMENT] = contact->agreement;
  if (is_by(report, PART_VERSION)) at.names[PART_VERSION] = version_of(report, contact->version);
  if (of_clause && is_by(report, PART_CLAUSE)) at.names[PART_CLAUSE] = contact->clause;
  return at;
}

static size_t place_contacts(report *report, placed *all) {
  size_t count = 0;
  for (uint32_t i = 0; i < report->ledger.contact_count; i++) {
    const ledger_contact *contact = &report->ledger.contacts[i];
    if (contact->gone || !in_period(report, contact->time_ms)) continue;
    all[count++] = place_contact(report, i, contact->over ? KIND_LIMIT : KIND_CONTACT);
  }
  return count;
}

static size_t place_all(report *report, placed *all) {
  size_t count = 0;
  for (uint32_t i = 0; i < report->ledger.offer_count; i++)
    if (in_period(report, report->ledger.offers[i].offered_ms))
      all[count++] = place_offer(report, i);
  for (uint32_t i = 0; i < report->ledger.duty_count; i++)
    if (in_period(report, report->ledger.duties[i].started_ms))
      all[count++] = place_duty(report, i);
  for (uint32_t i = 0; i < report->ledger.power_count; i++)
    if (in_period(report, report->ledger.powers[i].time_ms)) all[count++] = place_power(report, i);
  for (uint32_t i = 0; i < report->ledger.quota_count; i++)
    if (in_period(report, report->ledger.quotas[i].started_ms))
      all[count++] = place_quota(report, i);
  return count + place_contacts(report, all + count);
}

/* By the parts in the order in which they were asked for; numbers in texts by their value, so that
 * line 9 stands before line 10. */
static int compare_placed(const void *a, const void *b, void *context) {
  const placed *left = a, *right = b;
  const report *report = context;
  if (left->kind != right->kind) return left->kind < right->kind ? -1 : 1;
  for (size_t i = 0; i < report->by.count; i++) {
    uint32_t one = left->names[report->by.parts[i]], other = right->names[report->by.parts[i]];
    if (one == other) continue;
    int order = strverscmp(report->ledger.names[one], report->ledger.names[other]);
    return order ? order : (one > other) - (one < other);
  }
  return (left->index > right->index) - (left->index < right->index);
}

/* Whether it belongs to the row that was begun last. */
static bool goes_on(const report *report, const placed *at) {
  if (report->row_count == 0) return false;
  const report_row *last = &report->rows[report->row_count - 1];
  return last->kind == at->kind && memcmp(last->names, at->names, sizeof at->names) == 0;
}

static void add_row(report *report, const placed *at, size_t *room) {
  if (report->row_count == *room) {
    *room = *room ? *room * 2 : 16;
    report->rows = room_grow(report->rows, *room, sizeof *report->rows);
  }
  report_row *row = &report->rows[report->row_count++];
  *row = (report_row){.kind = at->kind};
  memcpy(row->names, at->names, sizeof row->names);
}

static void count(report *report, const placed *at, party_tally *tally) {
  const ledger *ledger = &report->ledger;
  switch (at->kind) {
    case KIND_HANDOVER: party_tally_add_offer(tally, ledger, &ledger->offers[at->index]); return;
    case KIND_DUTY: party_tally_add_duty(tally, ledger, &ledger->duties[at->index]); return;
    case KIND_POWER: party_tally_add_power(tally, &ledger->powers[at->index]); return;
    case KIND_QUOTA: party_tally_add_quota(tally, &ledger->quotas[at->index]); return;
    case KIND_CONTACT:
    case KIND_LIMIT: party_tally_add_contact(tally, &ledger->contacts[at->index]); return;
    case REPORT_KIND_COUNT: break;
  }
  assert(!"a kind that is none");
}

void report_finish(report *report) {
  const ledger *ledger = &report->ledger;
  size_t most = (size_t)ledger->offer_count + ledger->duty_count + ledger->power_count +
                ledger->quota_count + ledger->contact_count,
         room = 0;
  placed *all = room_grow(NULL, most + 1, sizeof *all);
  size_t placed_count = place_all(report, all);
  qsort_r(all, placed_count, sizeof *all, compare_placed, report);
  for (size_t i = 0; i < placed_count; i++) {
    if (!goes_on(report, &all[i])) add_row(report, &all[i], &room);
    count(report, &all[i], &report->rows[report->row_count - 1].tally);
    count(report, &all[i], &report->all[all[i].kind].tally);
  }
  for (size_t i = 0; i < report->row_count; i++) party_tally_sort(&report->rows[i].tally);
  for (int kind = 0; kind < REPORT_KIND_COUNT; kind++) party_tally_sort(&report->all[kind].tally);
  free(all);
}

void report_close(report *report) {
  for (size_t i = 0; i < report->row_count; i++) party_tally_free(&report->rows[i].tally);
  for (int kind = 0; kind < REPORT_KIND_COUNT; kind++) party_tally_free(&report->all[kind].tally);
  free(report->rows);
  ledger_close(&report->ledger);
}
