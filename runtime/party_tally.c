/* party_tally.c - see party_tally.h. */
#include "runtime/party_tally.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"

/* ---- Pairs and times ------------------------------------------------------------------------- */

void tally_pairs_add(tally_pairs *pairs, const char *first, const char *second) {
  for (size_t i = 0; i < pairs->count; i++) {
    tally_pair *at = &pairs->items[i];
    if (at->second == second && strcmp(at->first, first) == 0) {
      at->count++;
      return;
    }
  }
  if (pairs->count == pairs->room) {
    pairs->room = pairs->room ? pairs->room * 2 : 8;
    pairs->items = room_grow(pairs->items, pairs->room, sizeof *pairs->items);
  }
  pairs->items[pairs->count++] = (tally_pair){.first = first, .second = second, .count = 1};
}

static int compare_pairs(const void *a, const void *b) {
  const tally_pair *left = a, *right = b;
  if (left->count != right->count) return left->count > right->count ? -1 : 1;
  int order = strcmp(left->first, right->first);
  return order ? order : strcmp(left->second, right->second);
}

void tally_pairs_sort(tally_pairs *pairs) {
  if (pairs->count > 1) qsort(pairs->items, pairs->count, sizeof *pairs->items, compare_pairs);
}

void tally_times_add(tally_times *times, int64_t duration_ms) {
  if (times->count == times->room) {
    times->room = times->room ? times->room * 2 : 16;
    times->items = room_grow(times->items, times->room, sizeof *times->items);
  }
  times->items[times->count++] = duration_ms;
}

static int compare_times(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

void tally_times_sort(tally_times *times) {
  if (times->count > 1) qsort(times->items, times->count, sizeof *times->items, compare_times);
}

int64_t tally_nearest_rank(const int64_t *values, size_t count, unsigned percent) {
  assert(count > 0 && percent > 0 && percent <= 100);
  return values[(count * percent + 99) / 100 - 1];
}

#define TIME_TEXT_BYTES 48

/* Two units at most, rounded to the smaller one: "3 d 4 h", "4 h 12 min", "12 min 5 s". JSON has
 * the milliseconds. */
static const char *short_time(int64_t duration_ms, bool open_time, char text[TIME_TEXT_BYTES]) {
  int64_t minutes = (duration_ms + TR_MINUTE_MS / 2) / TR_MINUTE_MS;
  int64_t hours = (duration_ms + TR_HOUR_MS / 2) / TR_HOUR_MS, seconds = (duration_ms + 500) / 1000;
  if (!open_time && minutes >= 24 * 60)
    snprintf(text, TIME_TEXT_BYTES, "%" PRId64 " d %" PRId64 " h", hours / 24, hours % 24);
  else if (seconds >= 60 * 60)
    snprintf(text, TIME_TEXT_BYTES, "%" PRId64 " h %" PRId64 " min", minutes / 60, minutes % 60);
  else if (seconds >= 60)
    snprintf(text, TIME_TEXT_BYTES, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
  else
    snprintf(text, TIME_TEXT_BYTES, "%" PRId64 " s", seconds);
  return text;
}

void tally_time_cell(table *table, int64_t duration_ms, bool open_time) {
  char text[TIME_TEXT_BYTES];
  table_text(table, short_time(duration_ms, open_time, text));
}

void tally_rank_cell(table *table, const tally_times *times, unsigned percent, bool open_time) {
  if (times->count == 0)
    table_text(table, "-");
  else
    tally_time_cell(table, tally_nearest_rank(times->items, times->count, percent), open_time);
}

void tally_ranks_json(buffer *out, const char *key, const tally_times *times) {
  if (times->count == 0) return;
  buffer_print(out, ",\"%s\":{\"median\":%" PRId64 ",\"p90\":%" PRId64 "}", key,
               tally_nearest_rank(times->items, times->count, 50),
               tally_nearest_rank(times->items, times->count, 90));
}

void tally_pairs_json(buffer *out, const char *key, const char *first, const char *second,
                      const tally_pairs *pairs) {
  buffer_print(out, ",\"%s\":[", key);
  for (size_t i = 0; i < pairs->count; i++) {
    const tally_pair *pair = &pairs->items[i];
    buffer_print(out, "%s{", i > 0 ? "," : "");
    if (first) {
      buffer_print(out, "\"%s\":", first);
      buffer_json(out, pair->first, strlen(pair->first));
      buffer_put(out, ",", 1);
    }
    if (*pair->second) {
      buffer_print(out, "\"%s\":", second);
      buffer_json(out, pair->second, strlen(pair->second));
      buffer_put(out, ",", 1);
    }
    buffer_print(out, "\"count\":%" PRIu64 "}", pair->count);
  }
  buffer_put(out, "]", 1);
}

/* ---- Hand-overs and duties ------------------------------------------------------------------- */

/* Each answer once. */
static void add_odd_answer(party_tally *tally, const ledger_offer *offer) {
  bool answered = offer->end == OFFER_ACCEPTED || offer->end == OFFER_REJECTED;
  if (offer->dated_before) {
    tally->dated_before++;
    return;
  }
  bool after_breach = answered && offer->breached && !offer->late;
  bool after_end = !answered && offer->note == NOTE_IN_TIME;
  tally->told_after_breach += after_breach;
  tally->told_after_end += after_end;
  tally->too_late_after_end += !answered && offer->note == NOTE_TOO_LATE;
  tally->told_late += after_breach || after_end;
}

static void add_end(party_tally *tally, const ledger *ledger, const ledger_offer *offer) {
  switch ((offer_end)offer->end) {
    case OFFER_OPEN: tally->open++; break;
    case OFFER_ACCEPTED:
      tally->accepted++;
      tally->in_time += !offer->late;
      tally->late += offer->late;
      tally->at_once += offer->at_once;
      break;
    case OFFER_REJECTED:
      tally->rejected++;
      tally_pairs_add(&tally->rejections, "", ledger->names[offer->reason]);
      break;
    case OFFER_RETURNED: tally->returned++; break;
    case OFFER_WITHDRAWN: tally->withdrawn++; break;
    case OFFER_ENDED: tally->ended++; break;
  }
}

static void add_standing(party_tally *tally, standing standing) {
  tally->owed += standing != STANDING_NOT_OWED;
  switch (standing) {
    case STANDING_NOT_OWED: break;
    case STANDING_KEPT: tally->kept++; break;
    case STANDING_LATE: tally->answered_late++; break;
    case STANDING_BROKEN: tally->broken++; break;
    case STANDING_LAPSED: tally->lapsed++; break;
    case STANDING_RUNNING: tally->running++; break;
  }
}

/* Names are numbered by a ledger: equal ones are the same pointer. */
static tally_span *span_of(tally_spans *spans, const char *by) {
  for (size_t i = 0; i < spans->count; i++)
    if (spans->items[i].by == by) return &spans->items[i];
  if (spans->count == spans->room) {
    spans->room = spans->room ? spans->room * 2 : 4;
    spans->items = room_grow(spans->items, spans->room, sizeof *spans->items);
  }
  spans->items[spans->count] = (tally_span){.by = by};
  return &spans->items[spans->count++];
}

/* A pause that took no time, or of which nobody has told yet how long it lasts, is none. */
static void add_pauses(party_tally *tally, const ledger *ledger, const ledger_clock *clock) {
  tally->paused += clock->paused_ms > 0;
  tally->paused_ms += clock->paused_ms;
  for (uint32_t at = clock->pause; at; at = ledger->pauses[at - 1].before) {
    const ledger_pause *pause = &ledger->pauses[at - 1];
    if (pause->ms == 0) continue;
    tally_span *span = span_of(&tally->pauses, ledger->names[pause->by]);
    span->count++;
    span->ms += pause->ms;
  }
}

static int compare_spans(const void *a, const void *b) {
  const tally_span *left = a, *right = b;
  if (left->ms != right->ms) return left->ms > right->ms ? -1 : 1;
  return strcmp(left->by, right->by);
}

static void add_times(party_tally *tally, const ledger_offer *offer) {
  if (!ledger_answer_counts(offer)) return;
  tally_times_add(&tally->answer_open_ms, offer->open_ms);
  tally_times_add(&tally->answer_wall_ms, offer->wall_ms);
  if (offer->end != OFFER_ACCEPTED) return;
  tally_times_add(&tally->accepted_open_ms, offer->open_ms);
  tally_times_add(&tally->accepted_wall_ms, offer->wall_ms);
}

void party_tally_add_offer(party_tally *tally, const ledger *ledger, const ledger_offer *offer) {
  tally->offered++;
  tally->breached += offer->breached;
  add_odd_answer(tally, offer);
  add_end(tally, ledger, offer);
  add_standing(tally, ledger_offer_standing(offer));
  add_pauses(tally, ledger, &offer->clock);
  add_times(tally, offer);
}

void party_tally_add_duty(party_tally *tally, const ledger *ledger, const ledger_duty *duty) {
  tally->breached += duty->broken;
  tally->at_once += duty->at_once;
  tally->dated_before += duty->dated_before;
  tally->told_late += duty->broken && duty->done && !duty->late && !duty->dated_before;
  add_standing(tally, ledger_duty_standing(duty));
  add_pauses(tally, ledger, &duty->clock);
  if (!duty->done || duty->at_once || duty->dated_before) return;
  tally_times_add(&tally->answer_open_ms, duty->open_ms);
  tally_times_add(&tally->answer_wall_ms, duty->wall_ms);
}

/* Nothing of it is running: what is open yet was not decided. */
void party_tally_add_quota(party_tally *tally, const ledger_quota *quota) {
  tally->breached += quota->broken;
  tally->told_late += quota->broken && quota->reached;
  add_standing(tally, quota->reached ? STANDING_KEPT : STANDING_BROKEN);
}

void party_tally_add_power(party_tally *tally, const ledger_power *power) {
  tally->decided++;
  tally->holds += power->holds || power->held;
  tally->holding += power->holds;
  tally->held_ms += power->held_ms;
}

void party_tally_add_contact(party_tally *tally, const ledger_contact *contact) {
  tally->contacts += !contact->over;
  tally->over_limit += contact->over;
}

void party_tally_sort(party_tally *tally) {
  tally_spans *pauses = &tally->pauses;
  if (pauses->count > 1) qsort(pauses->items, pauses->count, sizeof *pauses->items, compare_spans);
  tally_pairs_sort(&tally->rejections);
  tally_times_sort(&tally->accepted_open_ms);
  tally_times_sort(&tally->accepted_wall_ms);
  tally_times_sort(&tally->answer_open_ms);
  tally_times_sort(&tally->answer_wall_ms);
}

void party_tally_free(party_tally *tally) {
  free(tally->rejections.items);
  free(tally->pauses.items);
  free(tally->accepted_open_ms.items);
  free(tally->accepted_wall_ms.items);
  free(tally->answer_open_ms.items);
  free(tally->answer_wall_ms.items);
}
