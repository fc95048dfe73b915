/* ledger.h - what became of each lead that was offered and of each duty, read off the decisions as
 * they come.
 *
 * Of each hand-over
 *     offered = accepted in time + late + rejected + returned + withdrawn + ended + still open
 * holds. Counted beside are breached ones: one of them can still be accepted, and be in time by the
 * time of its answer. So are answers that came when the offer had ended.
 *
 * Of those with a time to answer, and of duties,
 *     owed = kept + late + broken + lapsed + running
 * holds, by the time of the answer or of what was done, however late it was told. */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/map.h"
#include "grammar/memory.h"
#include "runtime/buffer.h"
#include "treaty.h"

/* Names are numbered; number 0 is "none". */
typedef struct ledger_lead {
  char *key; /* see ledger_lead_of */
  uint32_t key_length;
  uint32_t is;         /* index + 1 of the record that it is: of a lead with another name before */
  uint32_t open_offer; /* its index + 1; 0: none is open */
  uint32_t lapsed_offer;   /* the last that ended unanswered: its index + 1; 0: none */
  uint32_t open_duty;      /* the one begun last of those that are not over: its index + 1 */
  uint32_t taken_offer;    /* accepted, and nobody has got the lead since: its index + 1 */
  uint32_t rep, rep_party; /* who has it, and of whom */
  uint32_t open_hold;      /* of the powers: its index + 1; 0: nobody holds it */
  int64_t opened_ms, closed_ms;
  uint32_t reason; /* for which it was closed */
  bool closed, won, lost;
  /* What a last look adds; see summary.h. */
  uint32_t stage, owner; /* at the end */
  uint32_t value;        /* of the field that is split by */
  bool seen, governed;
} ledger_lead;

typedef enum offer_end {
  OFFER_OPEN,
  OFFER_ACCEPTED,
  OFFER_REJECTED,
  OFFER_RETURNED,
  OFFER_WITHDRAWN,
  OFFER_ENDED
} offer_end;

/* An answer that came when the offer had ended. */
typedef enum offer_note { NOTE_NONE, NOTE_IN_TIME, NOTE_TOO_LATE } offer_note;

/* How long a clock stood still, as far as was told, and in which pauses. */
typedef struct ledger_clock {
  int64_t paused_ms;
  uint32_t pause; /* the latest: its index + 1; 0: it never paused */
} ledger_clock;

typedef struct ledger_pause {
  uint32_t before; /* of the same clock: its index + 1 */
  uint32_t by;     /* whose event began it: "buyer", a party, "others", or "time" */
  int64_t ms;
} ledger_pause;

typedef struct ledger_offer {
  uint32_t lead, party, reason;
  uint32_t agreement, clause; /* that made it; clause: "FILE:LINE" */
  uint32_t version;
  uint8_t end;  /* offer_end */
  uint8_t note; /* offer_note */
  bool owed;    /* there is a time to answer */
  bool breached, late, at_once;
  bool dated_before; /* the answer: before the offer was made */
  int64_t offered_ms;
  int64_t open_ms, wall_ms; /* until its end, or until the answer that came behind it */
  ledger_clock clock;
  uint32_t rep; /* who got the lead when it was accepted */
} ledger_offer;

/* Something that a party owed once: a time that began, and ran out or did not. */
typedef struct ledger_duty {
  uint32_t next; /* of the lead's that are not over: its index + 1 */
  uint32_t party, name;
  uint32_t rep; /* who had the lead when it was done or broken; else when the duty began */
  uint32_t agreement, clause, version;
  bool done, late, broken, over;
  bool at_once;      /* it was known when the duty began */
  bool dated_before; /* it was done before the duty began */
  int64_t started_ms;
  int64_t open_ms, wall_ms; /* until it was done */
  ledger_clock clock;
} ledger_duty;

/* What somebody decided about a lead, or wanted to. */
typedef struct ledger_power {
  uint32_t party, rep, agreement, clause, version;
  uint32_t what; /* "moved", "held", "released", "held back", "refused: no_power" */
  int64_t time_ms;
  bool holds, held; /* the lead is held; it was, and is no longer */
  int64_t held_ms;
} ledger_power;

/* How much a party, or somebody of it, owed in one period, as far as it was decided. */
typedef struct ledger_quota {
  uint32_t party, rep, name, agreement, clause, version;
  bool broken;  /* when the period was over … */
  bool reached; /* … or by then, or by what was told later */
  int64_t started_ms;
} ledger_quota;

/* A contact with the buyer, or one that a clause did not allow. */
typedef struct ledger_contact {
  uint32_t party, rep, name;
  uint32_t agreement, clause, version; /* that did not allow it */
  int64_t time_ms;
  bool over; /* … */
  bool gone; /* it counts as if it had never been */
} ledger_contact;

/* By which event it was made. */
typedef struct ledger_contact_id {
  char *key;
  uint32_t key_length;
  uint32_t contact; /* its index */
} ledger_contact_id;

typedef struct ledger {
  tr_memory memory; /* of the maps */
  tr_map names_map, leads_map, contacts_map;
  char **names;
  uint32_t name_count, name_room;
  ledger_lead *leads;
  uint32_t lead_count, lead_room;
  ledger_offer *offers; /* as they were made */
  uint32_t offer_count, offer_room;
  ledger_duty *duties; /* as they began */
  uint32_t duty_count, duty_room;
  ledger_power *powers; /* as they came */
  uint32_t power_count, power_room;
  ledger_quota *quotas; /* as they were decided */
  uint32_t quota_count, quota_room;
  ledger_pause *pauses; /* as they began */
  uint32_t pause_count, pause_room;
  ledger_contact *contacts; /* as they came */
  uint32_t contact_count, contact_room;
  ledger_contact_id *contact_ids; /* of events, by the map's number */
  uint32_t contact_id_count, contact_id_room;
  buffer key; /* scratch */
} ledger;

/* The maps know where it lies: it stays there. */
void ledger_init(ledger *ledger);
void ledger_close(ledger *ledger);

/* All decisions of the leads that are looked at, in order. */
void ledger_add(ledger *ledger, const treaty_decision *decision);

/* An event that was accepted: where it is a contact, it is taken note of, once. */
void ledger_add_event(ledger *ledger, const treaty_event *event);

/* The number of a name; 0 for NULL. Equal names have equal numbers. */
uint32_t ledger_name(ledger *ledger, const char *name);

/* Borrowed until the next lead comes. */
ledger_lead *ledger_lead_of(ledger *ledger, treaty_text account, treaty_text id);

/* How a party stands to what it owed: see docs/operations.md. */
typedef enum standing {
  STANDING_NOT_OWED, /* no time was set to answer */
  STANDING_KEPT,
  STANDING_LATE,
  STANDING_BROKEN,
  STANDING_LAPSED, /* it was over before it was due */
  STANDING_RUNNING,
} standing;
standing ledger_offer_standing(const ledger_offer *offer);
standing ledger_duty_standing(const ledger_duty *duty);

/* Whether the time that the answer took says something: there was one, it was not dated before its
 * offer, and it was given to an offer that still stood or was owed an answer. */
bool ledger_answer_counts(const ledger_offer *offer);

#endif
