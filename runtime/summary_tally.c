/* summary_tally.c - counts a share of the records in one pass; see summary_tally.h. */
#include "runtime/summary_tally.h"

#include <stdlib.h>
#include <string.h>

static void add_pair(tally_pairs *pairs, const char *first, const char *second) {
  for (size_t i = 0; i < pairs->count; i++) {
    tally_pair *at = &pairs->items[i];
    /* Names are numbered, so equal ones are the same pointer. */
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

static void add_time(tally_times *times, int64_t duration_ms) {
  if (times->count == times->room) {
    times->room = times->room ? times->room * 2 : 16;
    times->items = room_grow(times->items, times->room, sizeof *times->items);
  }
  times->items[times->count++] = duration_ms;
}

static tally_party *party_of(tally *tally, const char *party) {
  for (size_t i = 0; i < tally->party_count; i++)
    if (tally->parties[i].party == party) return &tally->parties[i];
  if (tally->party_count == tally->party_room) {
    tally->party_room = tally->party_room ? tally->party_room * 2 : 4;
    tally->parties = room_grow(tally->parties, tally->party_room, sizeof *tally->parties);
  }
  tally->parties[tally->party_count] = (tally_party){.party = party};
  return &tally->parties[tally->party_count++];
}

static void add_lead(tally *tally, const summary *summary, const lead_record *lead) {
  tally->leads++;
  tally->ungoverned += !lead->governed && !lead->closed;
  /* One that is another lead now, or never was, stands nowhere. */
  if (!lead->closed || lead->won || lead->lost)
    add_pair(&tally->stages, summary->names[lead->stage], summary->names[lead->owner]);
  if (!lead->closed) return;
  const char *outcome = lead->won ? "won" : lead->lost ? "lost" : "neither";
  add_pair(&tally->outcomes, outcome, summary->names[lead->reason]);
  tally->won += lead->won;
  tally->lost += lead->lost;
  if (lead->won) add_time(&tally->win_ms, lead->closed_ms - lead->opened_ms);
}

static void add_answer(tally_party *party, const offer_record *offer) {
  bool answered = offer->end == OFFER_ACCEPTED || offer->end == OFFER_REJECTED;
  if (offer->dated_before) {
    party->dated_before++;
  } else if (answered) {
    party->told_after_breach += offer->breached && !offer->late;
  } else {
    party->told_after_end += offer->note == NOTE_IN_TIME;
    party->too_late_after_end += offer->note == NOTE_TOO_LATE;
  }
}

static void add_offer(tally *tally, const summary *summary, const offer_record *offer) {
  tally_party *party = party_of(tally, summary->names[offer->party]);
  party->offered++;
  party->breached += offer->breached;
  add_answer(party, offer);
  switch ((offer_end)offer->end) {
    case OFFER_OPEN: party->open++; break;
    case OFFER_ACCEPTED:
      party->in_time += !offer->late;
      party->late += offer->late;
      party->at_once += offer->at_once;
      if (offer->at_once || offer->dated_before) break;
      add_time(&party->open_ms, offer->open_ms);
      add_time(&party->wall_ms, offer->wall_ms);
      break;
    case OFFER_REJECTED:
      party->rejected++;
      add_pair(&party->rejections, "", summary->names[offer->reason]);
      break;
    case OFFER_RETURNED: party->returned++; break;
    case OFFER_ENDED: party->ended++; break;
  }
}

static int compare_times(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

/* The most frequent first, then by name. */
static int compare_pairs(const void *a, const void *b) {
  const tally_pair *left = a, *right = b;
  if (left->count != right->count) return left->count > right->count ? -1 : 1;
  int order = strcmp(left->first, right->first);
  return order ? order : strcmp(left->second, right->second);
}

static int compare_outcomes(const void *a, const void *b) {
  int order =
      -strcmp(((const tally_pair *)a)->first, ((const tally_pair *)b)->first); /* won before lost */
  return order ? order : compare_pairs(a, b);
}

static int compare_parties(const void *a, const void *b) {
  return strcmp(((const tally_party *)a)->party, ((const tally_party *)b)->party);
}

static void sort(void *items, size_t count, size_t size,
                 int (*compare)(const void *, const void *)) {
  if (count > 1) qsort(items, count, size, compare);
}

static void sort_tally(tally *tally) {
  sort(tally->stages.items, tally->stages.count, sizeof(tally_pair), compare_pairs);
  sort(tally->outcomes.items, tally->outcomes.count, sizeof(tally_pair), compare_outcomes);
  sort(tally->win_ms.items, tally->win_ms.count, sizeof(int64_t), compare_times);
  sort(tally->parties, tally->party_count, sizeof(tally_party), compare_parties);
  for (size_t i = 0; i < tally->party_count; i++) {
    tally_party *party = &tally->parties[i];
    sort(party->rejections.items, party->rejections.count, sizeof(tally_pair), compare_pairs);
    sort(party->open_ms.items, party->open_ms.count, sizeof(int64_t), compare_times);
    sort(party->wall_ms.items, party->wall_ms.count, sizeof(int64_t), compare_times);
  }
}

void tally_make(const summary *summary, const share *which, tally *tally) {
  share all = {.lead_count = summary->seen_lead_count, .offer_count = summary->seen_offer_count};
  if (!which) which = &all;
  *tally = (struct tally){0};
  for (uint32_t i = 0; i < which->lead_count; i++)
    add_lead(tally, summary, &summary->leads[summary->leads_by_share[which->first_lead + i]]);
  for (uint32_t i = 0; i < which->offer_count; i++)
    add_offer(tally, summary, &summary->offers[summary->offers_by_share[which->first_offer + i]]);
  sort_tally(tally);
}

void tally_free(tally *tally) {
  free(tally->stages.items);
  free(tally->outcomes.items);
  free(tally->win_ms.items);
  for (size_t i = 0; i < tally->party_count; i++) {
    free(tally->parties[i].rejections.items);
    free(tally->parties[i].open_ms.items);
    free(tally->parties[i].wall_ms.items);
  }
  free(tally->parties);
  *tally = (struct tally){0};
}
