/* summary_tally.h - what a summary is made of, and the tally of a share of it. For summary*.c
 * alone. */
#ifndef SUMMARY_TALLY_H
#define SUMMARY_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/ledger.h"
#include "runtime/party_tally.h"
#include "runtime/summary.h"

/* The leads of one value of the field, and their hand-overs. */
typedef struct share {
  uint32_t value;
  uint32_t first_lead, lead_count, first_offer, offer_count;
} share;

struct summary {
  const char *by;
  ledger ledger;
  uint64_t unbound, entries_refused;
  bool of_one_account;
  /* made by the last look */
  share *shares;
  uint32_t share_count;
  uint32_t *leads_by_share, *offers_by_share; /* indexes, share by share */
  uint32_t seen_lead_count, seen_offer_count;
  const treaty_quota *quotas; /* that run; borrowed from the engine */
  size_t quota_count;
};

typedef struct tally_party {
  const char *party;
  party_tally offers;
} tally_party;

typedef struct tally {
  uint64_t leads, ungoverned, won, lost;
  tally_pairs stages;   /* stage, owner */
  tally_pairs outcomes; /* "won", "lost" or "neither", reason */
  tally_times win_ms;   /* from opening to closing, of won leads */
  tally_party *parties; /* by name */
  size_t party_count, party_room;
} tally;

/* Of one share; `which` NULL: of all. */
void tally_make(const summary *summary, const share *which, tally *tally);
void tally_free(tally *tally);

#endif
