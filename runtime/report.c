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
    say("a report is made by agreement, version, party, clause or month, not by '%s'", word);
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
  report->all = (report_row){0};
}

void report_add(report *report, const treaty_decision *decision) {
  ledger_add(&report->ledger, decision);
}

const treaty_decision_kind *report_kinds(size_t *count) {
  static const treaty_decision_kind kinds[] = {
      TREATY_LEAD_ADOPTED,      TREATY_HANDOVER_OFFERED,     TREATY_HANDOVER_ACCEPTED,
      TREATY_HANDOVER_REJECTED, TREATY_HANDOVER_RETURNED,    TREATY_HANDOVER_ENDED,
      TREATY_HANDOVER_BREACHED, TREATY_HANDOVER_ANSWER_NOTED};
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

static uint32_t name_of(report *report, const ledger_offer *offer, report_part part) {
  switch (part) {
    case PART_AGREEMENT: return offer->agreement;
    case PART_VERSION: return version_of(report, offer->version);
    case PART_PARTY: return offer->party;
    case PART_CLAUSE: return offer->clause;
    case PART_MONTH: return month_of(report, offer->offered_ms);
    case REPORT_PART_COUNT: break;
  }
  assert(!"a part that is none");
  return 0;
}

/* A hand-over of the period, and where it belongs. */
typedef struct placed {
  uint32_t names[REPORT_PART_COUNT];
  uint32_t offer;
} placed;

/* By the parts in the order in which they were asked for; numbers in texts by their value, so that
 * line 9 stands before line 10. */
static int compare_placed(const void *a, const void *b, void *context) {
  const placed *left = a, *right = b;
  const report *report = context;
  for (size_t i = 0; i < report->by.count; i++) {
    uint32_t one = left->names[report->by.parts[i]], other = right->names[report->by.parts[i]];
    if (one == other) continue;
    int order = strverscmp(report->ledger.names[one], report->ledger.names[other]);
    return order ? order : (one > other) - (one < other);
  }
  return (left->offer > right->offer) - (left->offer < right->offer);
}

static size_t place_offers(report *report, placed *all) {
  size_t count = 0;
  for (uint32_t i = 0; i < report->ledger.offer_count; i++) {
    const ledger_offer *offer = &report->ledger.offers[i];
    if (offer->offered_ms < report->from_ms || offer->offered_ms > report->to_ms) continue;
    placed *at = &all[count++];
    *at = (placed){.offer = i};
    for (size_t p = 0; p < report->by.count; p++)
      at->names[report->by.parts[p]] = name_of(report, offer, report->by.parts[p]);
  }
  return count;
}

/* Whether it belongs to the row that was begun last. */
static bool goes_on(const report *report, const placed *at) {
  if (report->row_count == 0) return false;
  const report_row *last = &report->rows[report->row_count - 1];
  return memcmp(last->names, at->names, sizeof at->names) == 0;
}

static void add_row(report *report, const placed *at, size_t *room) {
  if (report->row_count == *room) {
    *room = *room ? *room * 2 : 16;
    report->rows = room_grow(report->rows, *room, sizeof *report->rows);
  }
  report_row *row = &report->rows[report->row_count++];
  *row = (report_row){0};
  memcpy(row->names, at->names, sizeof row->names);
}

void report_finish(report *report) {
  placed *all = room_grow(NULL, (size_t)report->ledger.offer_count + 1, sizeof *all);
  size_t count = place_offers(report, all), room = 0;
  qsort_r(all, count, sizeof *all, compare_placed, report);
  for (size_t i = 0; i < count; i++) {
    const ledger_offer *offer = &report->ledger.offers[all[i].offer];
    if (!goes_on(report, &all[i])) add_row(report, &all[i], &room);
    offer_tally_add(&report->rows[report->row_count - 1].offers, &report->ledger, offer);
    offer_tally_add(&report->all.offers, &report->ledger, offer);
  }
  for (size_t i = 0; i < report->row_count; i++) offer_tally_sort(&report->rows[i].offers);
  offer_tally_sort(&report->all.offers);
  free(all);
}

void report_close(report *report) {
  for (size_t i = 0; i < report->row_count; i++) offer_tally_free(&report->rows[i].offers);
  offer_tally_free(&report->all.offers);
  free(report->rows);
  ledger_close(&report->ledger);
}
