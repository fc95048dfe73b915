/* summary_tally.c - counts a share of the records in one pass; see summary_tally.h. */
#include "runtime/summary_tally.h"

#include <stdlib.h>
#include <string.h>

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

static void add_lead(tally *tally, const summary *summary, const ledger_lead *lead) {
  tally->leads++;
  tally->ungoverned += !lead->governed && !lead->closed;
  /* One that is another lead now, or never was, stands nowhere. */
  if (!lead->closed || lead->won || lead->lost)
    tally_pairs_add(&tally->stages, summary->ledger.names[lead->stage],
                    summary->ledger.names[lead->owner]);
  if (!lead->closed) return;
  const char *outcome = lead->won ? "won" : lead->lost ? "lost" : "neither";
  tally_pairs_add(&tally->outcomes, outcome, summary->ledger.names[lead->reason]);
  tally->won += lead->won;
  tally->lost += lead->lost;
  if (lead->won) tally_times_add(&tally->win_ms, lead->closed_ms - lead->opened_ms);
}

/* Won before lost, then the most frequent first. */
static int compare_outcomes(const void *a, const void *b) {
  const tally_pair *left = a, *right = b;
  int order = -strcmp(left->first, right->first);
  if (order) return order;
  if (left->count != right->count) return left->count > right->count ? -1 : 1;
  return strcmp(left->second, right->second);
}

static int compare_parties(const void *a, const void *b) {
  return strcmp(((const tally_party *)a)->party, ((const tally_party *)b)->party);
}

static void sort(void *items, size_t count, size_t size,
                 int (*compare)(const void *, const void *)) {
  if (count > 1) qsort(items, count, size, compare);
}

static void sort_tally(tally *tally) {
  tally_pairs_sort(&tally->stages);
  sort(tally->outcomes.items, tally->outcomes.count, sizeof(tally_pair), compare_outcomes);
  tally_times_sort(&tally->win_ms);
  sort(tally->parties, tally->party_count, sizeof(tally_party), compare_parties);
  for (size_t i = 0; i < tally->party_count; i++) party_tally_sort(&tally->parties[i].offers);
}

void tally_make(const summary *summary, const share *which, tally *tally) {
  const ledger *ledger = &summary->ledger;
  share all = {.lead_count = summary->seen_lead_count, .offer_count = summary->seen_offer_count};
  if (!which) which = &all;
  *tally = (struct tally){0};
  for (uint32_t i = 0; i < which->lead_count; i++)
    add_lead(tally, summary, &ledger->leads[summary->leads_by_share[which->first_lead + i]]);
  for (uint32_t i = 0; i < which->offer_count; i++) {
    const ledger_offer *offer = &ledger->offers[summary->offers_by_share[which->first_offer + i]];
    party_tally_add_offer(&party_of(tally, ledger->names[offer->party])->offers, ledger, offer);
  }
  sort_tally(tally);
}

void tally_free(tally *tally) {
  free(tally->stages.items);
  free(tally->outcomes.items);
  free(tally->win_ms.items);
  for (size_t i = 0; i < tally->party_count; i++) party_tally_free(&tally->parties[i].offers);
  free(tally->parties);
  *tally = (struct tally){0};
}
