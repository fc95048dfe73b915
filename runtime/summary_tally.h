/* summary_tally.h - the records behind a summary, and the tally of a share of them. For summary*.c
 * alone. */
#ifndef SUMMARY_TALLY_H
#define SUMMARY_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/map.h"
#include "grammar/memory.h"
#include "runtime/summary.h"

/* Names are numbered; number 0 is "none". */
typedef struct lead_record {
  char *key; /* see lead_of */
  uint32_t key_length;
  uint32_t is;         /* index + 1 of the record that it is: of a lead with another name before */
  uint32_t open_offer; /* its index + 1; 0: none is open */
  uint32_t lapsed_offer; /* the last that ended unanswered: its index + 1; 0: none */
  int64_t opened_ms, closed_ms;
  uint32_t reason;       /* for which it was closed */
  uint32_t stage, owner; /* at the end */
  uint32_t value;        /* of the field that is split by */
  bool seen;             /* by the last look: belongs to the summary */
  bool closed, won, lost, governed;
} lead_record;

typedef enum offer_end {
  OFFER_OPEN,
  OFFER_ACCEPTED,
  OFFER_REJECTED,
  OFFER_RETURNED,
  OFFER_ENDED
} offer_end;

/* An answer that came when the offer had ended. */
typedef enum offer_note { NOTE_NONE, NOTE_IN_TIME, NOTE_TOO_LATE } offer_note;

typedef struct offer_record {
  uint32_t lead, party, reason;
  uint8_t end;  /* offer_end */
  uint8_t note; /* offer_note */
  bool breached, late, at_once;
  bool dated_before;        /* the answer: before the offer was made */
  int64_t open_ms, wall_ms; /* until its end */
} offer_record;

/* The leads of one value of the field, and their hand-overs. */
typedef struct share {
  uint32_t value;
  uint32_t first_lead, lead_count, first_offer, offer_count;
} share;

struct summary {
  const char *by;
  tr_memory memory; /* of the maps */
  tr_map names_map, leads_map;
  char **names;
  uint32_t name_count, name_room;
  lead_record *leads;
  uint32_t lead_count, lead_room;
  offer_record *offers;
  uint32_t offer_count, offer_room;
  buffer key; /* scratch */
  uint64_t unbound, entries_refused;
  bool of_one_account;
  /* made by the last look */
  share *shares;
  uint32_t share_count;
  uint32_t *leads_by_share, *offers_by_share; /* indexes, share by share */
  uint32_t seen_lead_count, seen_offer_count;
};

/* How often two names came together: stage and owner, outcome and reason, party and reason. */
typedef struct tally_pair {
  const char *first, *second;
  uint64_t count;
} tally_pair;

typedef struct tally_pairs {
  tally_pair *items;
  size_t count, room;
} tally_pairs;

/* Durations in ms; sorted when the tally is made. */
typedef struct tally_times {
  int64_t *items;
  size_t count, room;
} tally_times;

typedef struct tally_party {
  const char *party;
  uint64_t offered, in_time, late, rejected, breached, returned, ended, open;
  uint64_t at_once;           /* of those in time */
  uint64_t told_after_breach; /* accepted or rejected in time, and breached before that was told */
  uint64_t told_after_end, too_late_after_end; /* noted */
  uint64_t dated_before;                       /* answers of every kind */
  tally_pairs rejections;                      /* first: "", second: the reason */
  tally_times open_ms, wall_ms; /* of accepted ones; none at once, none dated before the offer */
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
