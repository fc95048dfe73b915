/* ledger.c - see ledger.h. */
#include "runtime/ledger.h"

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names and leads, each once -------------------------------------------------------------- */

/* The map reports missing memory by a jump; here there is nothing left to do then. */
static uint32_t map_add(ledger *ledger, tr_map *map, const void *bytes, size_t length,
                        uint32_t index) {
  jmp_buf failure;
  if (setjmp(failure)) {
    fputs("treaty: there is not enough memory\n", stderr);
    exit(2);
  }
  ledger->memory.on_failure = &failure;
  uint32_t found = tr_map_add(map, bytes, length, index);
  ledger->memory.on_failure = NULL;
  return found;
}

static bool is_name(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *name = ((const struct ledger *)owner)->names[index];
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

static bool is_lead(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const ledger_lead *lead = &((const struct ledger *)owner)->leads[index];
  return lead->key_length == length && memcmp(lead->key, bytes, length) == 0;
}

static bool is_contact(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const ledger_contact_id *id = &((const struct ledger *)owner)->contact_ids[index];
  return id->key_length == length && memcmp(id->key, bytes, length) == 0;
}

/* The number of a name; 0 for none. */
uint32_t ledger_name(ledger *ledger, const char *name) {
  if (!name) return 0;
  uint32_t number = map_add(ledger, &ledger->names_map, name, strlen(name), ledger->name_count);
  if (number < ledger->name_count) return number;
  if (ledger->name_count == ledger->name_room) {
    ledger->name_room *= 2;
    ledger->names = room_grow(ledger->names, ledger->name_room, sizeof *ledger->names);
  }
  ledger->names[ledger->name_count++] = room_copy(name);
  return number;
}

/* A lead is known by the length of its account, the account, and its own id: no two of them read
 * the same. */
static uint32_t lead_index(ledger *ledger, treaty_text account, treaty_text id) {
  buffer_clear(&ledger->key);
  uint32_t account_length = (uint32_t)account.length;
  buffer_put(&ledger->key, &account_length, sizeof account_length);
  buffer_put(&ledger->key, account.bytes, account.length);
  buffer_put(&ledger->key, id.bytes, id.length);

  if (ledger->lead_count == ledger->lead_room) {
    ledger->lead_room *= 2;
    ledger->leads = room_grow(ledger->leads, ledger->lead_room, sizeof *ledger->leads);
  }
  uint32_t index = map_add(ledger, &ledger->leads_map, ledger->key.bytes, ledger->key.length,
                           ledger->lead_count);
  if (index < ledger->lead_count)
    return ledger->leads[index].is ? ledger->leads[index].is - 1 : index;

  char *key = memcpy(room_grow(NULL, ledger->key.length, 1), ledger->key.bytes, ledger->key.length);
  ledger->leads[index] = (ledger_lead){.key = key, .key_length = (uint32_t)ledger->key.length};
  ledger->lead_count++;
  return index;
}

ledger_lead *ledger_lead_of(ledger *ledger, treaty_text account, treaty_text id) {
  uint32_t index = lead_index(ledger, account, id); /* may move them */
  return &ledger->leads[index];
}

void ledger_init(ledger *ledger) {
  *ledger = (struct ledger){.name_room = 16, .lead_room = 256, .offer_room = 256, .duty_room = 64};
  tr_hash_key no_key = {0}; /* a dry run is on one's own data */
  tr_map_init(&ledger->names_map, &ledger->memory, no_key, is_name, ledger);
  tr_map_init(&ledger->leads_map, &ledger->memory, no_key, is_lead, ledger);
  tr_map_init(&ledger->contacts_map, &ledger->memory, no_key, is_contact, ledger);
  ledger->names = room_grow(NULL, ledger->name_room, sizeof *ledger->names);
  ledger->leads = room_grow(NULL, ledger->lead_room, sizeof *ledger->leads);
  ledger->offers = room_grow(NULL, ledger->offer_room, sizeof *ledger->offers);
  ledger->duties = room_grow(NULL, ledger->duty_room, sizeof *ledger->duties);
  ledger->names[ledger->name_count++] = room_copy(""); /* number 0 */
}

void ledger_close(ledger *ledger) {
  for (uint32_t i = 0; i < ledger->name_count; i++) free(ledger->names[i]);
  for (uint32_t i = 0; i < ledger->lead_count; i++) free(ledger->leads[i].key);
  free(ledger->names);
  free(ledger->leads);
  free(ledger->offers);
  free(ledger->duties);
  free(ledger->powers);
  free(ledger->quotas);
  free(ledger->pauses);
  free(ledger->contacts);
  for (uint32_t i = 0; i < ledger->contact_id_count; i++) free(ledger->contact_ids[i].key);
  free(ledger->contact_ids);
  buffer_free(&ledger->key);
  tr_memory_close(&ledger->memory);
}

static uint32_t person_name(ledger *ledger, treaty_text person) {
  if (!person.bytes) return 0;
  buffer_clear(&ledger->key);
  buffer_put(&ledger->key, person.bytes, person.length);
  return ledger_name(ledger, buffer_text(&ledger->key));
}

/* ---- Pauses ---------------------------------------------------------------------------------- */

static void begin_pause(ledger *ledger, ledger_clock *clock, uint32_t by) {
  if (ledger->pause_count == ledger->pause_room) {
    ledger->pause_room = ledger->pause_room ? ledger->pause_room * 2 : 64;
    ledger->pauses = room_grow(ledger->pauses, ledger->pause_room, sizeof *ledger->pauses);
  }
  ledger->pauses[ledger->pause_count++] = (ledger_pause){.before = clock->pause, .by = by};
  clock->pause = ledger->pause_count;
}

/* What has been added to the time that it stood still belongs to the pause that lasted until now;
 * one of which nobody told the beginning is nobody's. */
static void take_pause(ledger *ledger, ledger_clock *clock, const treaty_decision *decision) {
  int64_t added_ms = decision->paused_ms - clock->paused_ms;
  if (added_ms > 0) {
    if (!clock->pause) begin_pause(ledger, clock, 0);
    ledger->pauses[clock->pause - 1].ms += added_ms;
    clock->paused_ms = decision->paused_ms;
  }
  if (decision->kind != TREATY_CLOCK_PAUSED && decision->kind != TREATY_HANDOVER_SENT_BACK) return;
  const char *by = decision->by ? decision->by : decision->cause_id.bytes ? NULL : "time";
  begin_pause(ledger, clock, ledger_name(ledger, by));
}

/* ---- Hand-overs ------------------------------------------------------------------------------ */

static uint32_t clause_name(ledger *ledger, const treaty_decision *decision) {
  if (!decision->file) return 0;
  buffer_clear(&ledger->key);
  buffer_print(&ledger->key, "%s:%u", decision->file, decision->line);
  return ledger_name(ledger, buffer_text(&ledger->key));
}

static ledger_offer *add_offer(ledger *ledger, ledger_lead *lead, const treaty_decision *decision) {
  if (ledger->offer_count == ledger->offer_room) {
    ledger->offer_room *= 2;
    ledger->offers = room_grow(ledger->offers, ledger->offer_room, sizeof *ledger->offers);
  }
  ledger_offer *offer = &ledger->offers[ledger->offer_count++];
  *offer = (ledger_offer){.lead = (uint32_t)(lead - ledger->leads),
                          .party = ledger_name(ledger, decision->party),
                          .agreement = ledger_name(ledger, decision->agreement),
                          .version = decision->version,
                          .clause = clause_name(ledger, decision),
                          .owed = decision->due_ms != TREATY_NEVER,
                          .offered_ms = decision->offered_ms};
  lead->open_offer = ledger->offer_count;
  lead->taken_offer = 0;
  return offer;
}

static void end_offer(ledger *ledger, const treaty_decision *decision, offer_end end) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  /* Where one account is looked at, an offer may have been made under a name that is gone. */
  ledger_offer *offer =
      lead->open_offer ? &ledger->offers[lead->open_offer - 1] : add_offer(ledger, lead, decision);
  assert(offer->end == OFFER_OPEN);
  offer->end = end;
  offer->owed = offer->owed || decision->due_ms != TREATY_NEVER;
  take_pause(ledger, &offer->clock, decision);
  offer->late = decision->late;
  offer->at_once = decision->at_once;
  if (end == OFFER_ACCEPTED || end == OFFER_REJECTED)
    offer->dated_before = decision->answered_ms < decision->offered_ms;
  else
    lead->lapsed_offer = (uint32_t)(offer - ledger->offers) + 1;
  lead->taken_offer = end == OFFER_ACCEPTED ? (uint32_t)(offer - ledger->offers) + 1 : 0;
  offer->open_ms = decision->open_ms;
  offer->wall_ms = decision->wall_ms;
  offer->reason = ledger_name(ledger, decision->reason);
  lead->open_offer = 0;
}

static void note_answer(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  if (!lead->lapsed_offer) return;
  ledger_offer *offer = &ledger->offers[lead->lapsed_offer - 1];
  bool in_time = !decision->late && decision->answered_ms <= decision->ended_ms;
  offer->note = in_time ? NOTE_IN_TIME : NOTE_TOO_LATE;
  offer->dated_before = decision->answered_ms < decision->offered_ms;
  offer->open_ms = decision->open_ms;
  offer->wall_ms = decision->wall_ms;
  lead->lapsed_offer = 0;
}

static void close_lead(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  lead->closed = true;
  lead->won = decision->won;
  lead->lost = decision->file && !decision->won; /* what no clause closes is neither */
  lead->closed_ms = decision->time_ms;
  lead->reason = ledger_name(ledger, decision->reason);
}

/* A lead that goes to another account is the one that it was. */
static void adopt_lead(ledger *ledger, const treaty_decision *decision) {
  treaty_text account = {decision->from, strlen(decision->from)},
              id = {decision->name, strlen(decision->name)};
  uint32_t before = lead_index(ledger, account, id),
           now = lead_index(ledger, decision->account, decision->lead);
  if (now != before) ledger->leads[now].is = before + 1;
}

/* Of an offer that is open: its clock says that there is a time to answer, and how long it stood
 * still. A time that hangs on what is not known yet is told once it is. */
static void look_at_clock(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  if (!lead->open_offer) return;
  ledger_offer *offer = &ledger->offers[lead->open_offer - 1];
  if (decision->due_ms != TREATY_NEVER || decision->kind == TREATY_CLOCK_PAUSED) offer->owed = true;
  take_pause(ledger, &offer->clock, decision);
}

static void breach_offer(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  if (lead->open_offer) ledger->offers[lead->open_offer - 1].breached = true;
  look_at_clock(ledger, decision);
}

/* ---- Who has a lead -------------------------------------------------------------------------- */

static void assign_lead(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  lead->rep = ledger_name(ledger, decision->to);
  lead->rep_party = ledger_name(ledger, decision->party);
  if (!lead->taken_offer) return;
  ledger_offer *offer = &ledger->offers[lead->taken_offer - 1];
  if (offer->party == lead->rep_party) offer->rep = lead->rep;
  lead->taken_offer = 0;
}

/* Nobody, or not said yet. */
static void take_from_rep(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  lead->rep = lead->rep_party = 0;
}

static uint32_t rep_of(const ledger_lead *lead, uint32_t party) {
  return lead->rep_party == party ? lead->rep : 0;
}

/* ---- Duties ---------------------------------------------------------------------------------- */

static void begin_duty(ledger *ledger, const treaty_decision *decision) {
  uint32_t lead =
      (uint32_t)(ledger_lead_of(ledger, decision->account, decision->lead) - ledger->leads);
  if (ledger->duty_count == ledger->duty_room) {
    ledger->duty_room *= 2;
    ledger->duties = room_grow(ledger->duties, ledger->duty_room, sizeof *ledger->duties);
  }
  ledger->duties[ledger->duty_count++] =
      (ledger_duty){.next = ledger->leads[lead].open_duty,
                    .party = ledger_name(ledger, decision->party),
                    .name = ledger_name(ledger, decision->name),
                    .agreement = ledger_name(ledger, decision->agreement),
                    .version = decision->version,
                    .clause = clause_name(ledger, decision),
                    .started_ms = decision->offered_ms};
  ledger_duty *duty = &ledger->duties[ledger->duty_count - 1];
  duty->rep = rep_of(&ledger->leads[lead], duty->party);
  ledger->leads[lead].open_duty = ledger->duty_count;
}

/* The place that leads to the duty which a decision is about: of two that began at one instant, the
 * one that began first. NULL: it began where nobody looked. */
static uint32_t *find_duty(ledger *ledger, const treaty_decision *decision) {
  ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  uint32_t clause = clause_name(ledger, decision), *found = NULL;
  for (uint32_t *at = &lead->open_duty; *at; at = &ledger->duties[*at - 1].next) {
    const ledger_duty *duty = &ledger->duties[*at - 1];
    if (duty->clause == clause && duty->started_ms == decision->offered_ms) found = at;
  }
  return found;
}

static void take_out(ledger *ledger, uint32_t *place) { *place = ledger->duties[*place - 1].next; }

static void fulfil_duty(ledger_duty *duty, const treaty_decision *decision) {
  duty->done = duty->over = true;
  duty->late = decision->kind == TREATY_DUTY_LATE;
  duty->at_once = decision->answered_ms == decision->offered_ms;
  duty->dated_before = decision->answered_ms < decision->offered_ms;
  duty->open_ms = decision->open_ms;
  duty->wall_ms = decision->wall_ms;
}

static bool settles(treaty_decision_kind kind) {
  return kind == TREATY_DUTY_KEPT || kind == TREATY_DUTY_LATE || kind == TREATY_DUTY_BROKEN;
}

static void go_on_with_duty(ledger *ledger, const treaty_decision *decision) {
  uint32_t *place = find_duty(ledger, decision);
  if (!place) return;
  ledger_duty *duty = &ledger->duties[*place - 1];
  const ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  take_pause(ledger, &duty->clock, decision);
  if (!duty->broken && settles(decision->kind)) duty->rep = rep_of(lead, duty->party);
  switch (decision->kind) {
    case TREATY_DUTY_KEPT:
    case TREATY_DUTY_LATE: fulfil_duty(duty, decision); break;
    case TREATY_DUTY_BROKEN: duty->broken = true; break;
    case TREATY_DUTY_ENDED:
    case TREATY_DUTY_RETURNED: duty->over = true; break;
    default: break; /* its clock */
  }
  if (duty->over) take_out(ledger, place);
}

static bool is_of_duty(const treaty_decision *decision) { return decision->name != NULL; }

/* ---- Powers ---------------------------------------------------------------------------------- */

static uint32_t power_word(ledger *ledger, const treaty_decision *decision) {
  switch (decision->kind) {
    case TREATY_LEAD_MOVED: return ledger_name(ledger, "moved");
    case TREATY_LEAD_OFFERED: return ledger_name(ledger, "offered");
    case TREATY_LEAD_PASSED: return ledger_name(ledger, "passed on");
    case TREATY_LEAD_HELD: return ledger_name(ledger, "held");
    case TREATY_LEAD_HELD_BACK: return ledger_name(ledger, "held back");
    case TREATY_LEAD_RELEASED: return ledger_name(ledger, "released");
    default: break;
  }
  assert(decision->kind == TREATY_POWER_REFUSED);
  buffer_clear(&ledger->key);
  buffer_print(&ledger->key, "refused: %s", decision->name);
  return ledger_name(ledger, buffer_text(&ledger->key));
}

/* Who decided; who passed a lead on stands in the record's `name`. */
static uint32_t decider(ledger *ledger, const treaty_decision *decision) {
  if (decision->kind == TREATY_LEAD_PASSED) return ledger_name(ledger, decision->name);
  return person_name(ledger, decision->actor);
}

static void add_power(ledger *ledger, const treaty_decision *decision) {
  if (ledger->power_count == ledger->power_room) {
    ledger->power_room = ledger->power_room ? ledger->power_room * 2 : 16;
    ledger->powers = room_grow(ledger->powers, ledger->power_room, sizeof *ledger->powers);
  }
  ledger->powers[ledger->power_count++] =
      (ledger_power){.party = ledger_name(ledger, decision->party),
                     .rep = decider(ledger, decision),
                     .agreement = ledger_name(ledger, decision->agreement),
                     .version = decision->version,
                     .clause = clause_name(ledger, decision),
                     .what = power_word(ledger, decision),
                     .time_ms = decision->time_ms};
}

/* ---- Quotas ---------------------------------------------------------------------------------- */

static void add_quota(ledger *ledger, const treaty_decision *decision) {
  if (ledger->quota_count == ledger->quota_room) {
    ledger->quota_room = ledger->quota_room ? ledger->quota_room * 2 : 16;
    ledger->quotas = room_grow(ledger->quotas, ledger->quota_room, sizeof *ledger->quotas);
  }
  ledger->quotas[ledger->quota_count++] =
      (ledger_quota){.party = ledger_name(ledger, decision->party),
                     .rep = ledger_name(ledger, decision->rep),
                     .name = ledger_name(ledger, decision->name),
                     .agreement = ledger_name(ledger, decision->agreement),
                     .clause = clause_name(ledger, decision),
                     .version = decision->version,
                     .broken = decision->kind == TREATY_QUOTA_BROKEN,
                     .reached = decision->kind == TREATY_QUOTA_KEPT,
                     .started_ms = decision->offered_ms};
}

/* What was told late: by its own time it was reached. */
static void note_quota(ledger *ledger, const treaty_decision *decision) {
  uint32_t clause = clause_name(ledger, decision), rep = ledger_name(ledger, decision->rep);
  uint32_t i = ledger->quota_count;
  for (; decision->enough && i > 0; i--) {
    ledger_quota *quota = &ledger->quotas[i - 1];
    if (quota->clause != clause || quota->rep != rep || quota->started_ms != decision->offered_ms)
      continue;
    quota->reached = true;
    return;
  }
}

static void hold_lead(ledger *ledger, const treaty_decision *decision) {
  add_power(ledger, decision);
  ledger->powers[ledger->power_count - 1].holds = true;
  ledger_lead_of(ledger, decision->account, decision->lead)->open_hold = ledger->power_count;
}

/* Of a hold that nobody told of nothing is known. */
static ledger_power *hold_of(ledger *ledger, const treaty_decision *decision) {
  const ledger_lead *lead = ledger_lead_of(ledger, decision->account, decision->lead);
  return lead->open_hold ? &ledger->powers[lead->open_hold - 1] : NULL;
}

static void release_lead(ledger *ledger, const treaty_decision *decision) {
  add_power(ledger, decision);
  ledger_power *hold = hold_of(ledger, decision);
  if (!hold) return;
  hold->holds = false;
  hold->held = true;
  hold->held_ms = decision->time_ms - hold->time_ms;
  ledger_lead_of(ledger, decision->account, decision->lead)->open_hold = 0;
}

/* Whoever holds the lead has held it back. */
static void hold_back(ledger *ledger, const treaty_decision *decision) {
  const ledger_power *hold = hold_of(ledger, decision);
  uint32_t rep = hold ? hold->rep : 0;
  add_power(ledger, decision);
  ledger->powers[ledger->power_count - 1].rep = rep;
}

/* ---- Contacts -------------------------------------------------------------------------------- */

static ledger_contact *add_contact(ledger *ledger) {
  if (ledger->contact_count == ledger->contact_room) {
    ledger->contact_room = ledger->contact_room ? ledger->contact_room * 2 : 64;
    ledger->contacts = room_grow(ledger->contacts, ledger->contact_room, sizeof *ledger->contacts);
  }
  return &ledger->contacts[ledger->contact_count++];
}

/* As of a lead: no two events have the same key. */
static void contact_key(ledger *ledger, treaty_text source, treaty_text id) {
  uint32_t source_length = (uint32_t)source.length;
  buffer_clear(&ledger->key);
  buffer_put(&ledger->key, &source_length, sizeof source_length);
  buffer_put(&ledger->key, source.bytes, source.length);
  buffer_put(&ledger->key, id.bytes, id.length);
}

/* The number is behind the others: its place is the contact that comes next. */
static void keep_contact_id(ledger *ledger) {
  if (ledger->contact_id_count == ledger->contact_id_room) {
    ledger->contact_id_room = ledger->contact_id_room ? ledger->contact_id_room * 2 : 64;
    ledger->contact_ids =
        room_grow(ledger->contact_ids, ledger->contact_id_room, sizeof *ledger->contact_ids);
  }
  char *key = memcpy(room_grow(NULL, ledger->key.length, 1), ledger->key.bytes, ledger->key.length);
  ledger->contact_ids[ledger->contact_id_count++] = (ledger_contact_id){
      .key = key, .key_length = (uint32_t)ledger->key.length, .contact = ledger->contact_count};
}

void ledger_add_event(ledger *ledger, const treaty_event *event) {
  if (!event->type->contact) return;
  contact_key(ledger, event->source, event->id);
  if (map_add(ledger, &ledger->contacts_map, ledger->key.bytes, ledger->key.length,
              ledger->contact_id_count) < ledger->contact_id_count)
    return;
  keep_contact_id(ledger);
  uint32_t rep = person_name(ledger, event->actor);
  *add_contact(ledger) = (ledger_contact){.party = ledger_name(ledger, event->type->cause),
                                          .rep = rep,
                                          .name = ledger_name(ledger, event->type->name),
                                          .time_ms = event->time_ms};
}

/* A contact that never was; what was said of it stays. */
static void take_back(ledger *ledger, const treaty_decision *decision) {
  contact_key(ledger, decision->about_source, decision->about_id);
  uint32_t number = tr_map_find(&ledger->contacts_map, ledger->key.bytes, ledger->key.length);
  if (number != TR_MAP_NONE) ledger->contacts[ledger->contact_ids[number].contact].gone = true;
}

static void add_over(ledger *ledger, const treaty_decision *decision) {
  uint32_t clause = clause_name(ledger, decision), rep = person_name(ledger, decision->actor);
  *add_contact(ledger) = (ledger_contact){.party = ledger_name(ledger, decision->party),
                                          .rep = rep,
                                          .name = ledger_name(ledger, decision->name),
                                          .agreement = ledger_name(ledger, decision->agreement),
                                          .version = decision->version,
                                          .clause = clause,
                                          .time_ms = decision->contacted_ms,
                                          .over = true};
}

/* ---- Decisions ------------------------------------------------------------------------------- */

void ledger_add(ledger *ledger, const treaty_decision *decision) {
  switch (decision->kind) {
    case TREATY_LEAD_OPENED:
      ledger_lead_of(ledger, decision->account, decision->lead)->opened_ms = decision->time_ms;
      break;
    case TREATY_LEAD_CLOSED: close_lead(ledger, decision); break;
    case TREATY_LEAD_ADOPTED: adopt_lead(ledger, decision); break;
    case TREATY_LEAD_ASSIGNED: assign_lead(ledger, decision); break;
    case TREATY_LEAD_UNASSIGNED:
    case TREATY_LEAD_OPEN_TO_TEAM:
    case TREATY_LEAD_OWNER_CHANGED: take_from_rep(ledger, decision); break;
    case TREATY_HANDOVER_OFFERED:
      add_offer(ledger, ledger_lead_of(ledger, decision->account, decision->lead), decision);
      break;
    case TREATY_HANDOVER_ACCEPTED: end_offer(ledger, decision, OFFER_ACCEPTED); break;
    case TREATY_HANDOVER_REJECTED: end_offer(ledger, decision, OFFER_REJECTED); break;
    case TREATY_HANDOVER_RETURNED: end_offer(ledger, decision, OFFER_RETURNED); break;
    case TREATY_HANDOVER_WITHDRAWN: end_offer(ledger, decision, OFFER_WITHDRAWN); break;
    case TREATY_HANDOVER_ENDED: end_offer(ledger, decision, OFFER_ENDED); break;
    case TREATY_HANDOVER_BREACHED: breach_offer(ledger, decision); break;
    case TREATY_HANDOVER_ANSWER_NOTED: note_answer(ledger, decision); break;
    case TREATY_HANDOVER_SENT_BACK: look_at_clock(ledger, decision); break;
    case TREATY_DUTY_STARTED: begin_duty(ledger, decision); break;
    case TREATY_DUTY_KEPT:
    case TREATY_DUTY_LATE:
    case TREATY_DUTY_BROKEN:
    case TREATY_DUTY_ENDED:
    case TREATY_DUTY_RETURNED: go_on_with_duty(ledger, decision); break;
    case TREATY_CLOCK_PAUSED:
    case TREATY_CLOCK_RESUMED:
      if (is_of_duty(decision))
        go_on_with_duty(ledger, decision);
      else
        look_at_clock(ledger, decision);
      break;
    case TREATY_QUOTA_KEPT:
    case TREATY_QUOTA_BROKEN: add_quota(ledger, decision); break;
    case TREATY_QUOTA_NOTED: note_quota(ledger, decision); break;
    case TREATY_LEAD_MOVED:
    case TREATY_LEAD_OFFERED:
    case TREATY_LEAD_PASSED:
    case TREATY_POWER_REFUSED: add_power(ledger, decision); break;
    case TREATY_LEAD_HELD: hold_lead(ledger, decision); break;
    case TREATY_LEAD_HELD_BACK: hold_back(ledger, decision); break;
    case TREATY_LEAD_RELEASED: release_lead(ledger, decision); break;
    case TREATY_CONTACT_OVER_LIMIT: add_over(ledger, decision); break;
    case TREATY_EVENT_VOIDED: take_back(ledger, decision); break;
    default: break;
  }
}

/* ---- What is owed ---------------------------------------------------------------------------- */

static bool is_answered(const ledger_offer *offer) {
  return offer->end == OFFER_ACCEPTED || offer->end == OFFER_REJECTED;
}

standing ledger_offer_standing(const ledger_offer *offer) {
  if (!offer->owed) return STANDING_NOT_OWED;
  if (is_answered(offer)) return offer->late ? STANDING_LATE : STANDING_KEPT;
  if (offer->note == NOTE_IN_TIME) return STANDING_KEPT;
  /* An offer that ended before its answer was due is owed none from then on. */
  if (offer->breached) return offer->note == NOTE_TOO_LATE ? STANDING_LATE : STANDING_BROKEN;
  return offer->end == OFFER_OPEN ? STANDING_RUNNING : STANDING_LAPSED;
}

standing ledger_duty_standing(const ledger_duty *duty) {
  if (duty->done) return duty->late ? STANDING_LATE : STANDING_KEPT;
  if (duty->broken) return STANDING_BROKEN;
  return duty->over ? STANDING_LAPSED : STANDING_RUNNING;
}

bool ledger_answer_counts(const ledger_offer *offer) {
  if (offer->at_once || offer->dated_before) return false;
  return is_answered(offer) || offer->note == NOTE_IN_TIME ||
         (offer->note == NOTE_TOO_LATE && offer->breached);
}
