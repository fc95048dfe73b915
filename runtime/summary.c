/* summary.c - collecting; what is printed of it stands in summary_show.c.
 *
 * A lead is a record of about 80 bytes, a hand-over one of 40. At the end both are dealt out by the
 * value of the field, so that each share is one stretch of an array and is tallied in one pass:
 *
 *     leads by value    | home decor: 4 9 12 | toys: 1 2 | unknown: 3 5 ...
 */
#include "runtime/summary.h"

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/summary_tally.h"

/* ---- Names and leads, each once -------------------------------------------------------------- */

/* The map reports missing memory by a jump; here there is nothing left to do then. */
static uint32_t map_add(summary *summary, tr_map *map, const void *bytes, size_t length,
                        uint32_t index) {
  jmp_buf failure;
  if (setjmp(failure)) {
    fputs("treaty: there is not enough memory\n", stderr);
    exit(2);
  }
  summary->memory.on_failure = &failure;
  uint32_t found = tr_map_add(map, bytes, length, index);
  summary->memory.on_failure = NULL;
  return found;
}

static bool is_name(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *name = ((const summary *)owner)->names[index];
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

static bool is_lead(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const lead_record *lead = &((const summary *)owner)->leads[index];
  return lead->key_length == length && memcmp(lead->key, bytes, length) == 0;
}

/* The number of a name; 0 for none. */
static uint32_t name_number(summary *summary, const char *name) {
  if (!name) return 0;
  uint32_t number = map_add(summary, &summary->names_map, name, strlen(name), summary->name_count);
  if (number < summary->name_count) return number;
  if (summary->name_count == summary->name_room) {
    summary->name_room *= 2;
    summary->names = room_grow(summary->names, summary->name_room, sizeof *summary->names);
  }
  summary->names[summary->name_count++] = room_copy(name);
  return number;
}

/* The number of a field's value. Texts come in quotes; they are shown without, but for a text that
 * would read like no text. */
static uint32_t value_number(summary *summary, const char *value) {
  size_t length = strlen(value);
  bool quoted = length > 2 && value[0] == '"' && value[length - 1] == '"';
  if (!quoted || strcmp(value, "\"unknown\"") == 0) return name_number(summary, value);
  char *bare = room_copy(value + 1);
  bare[length - 2] = '\0';
  uint32_t number = name_number(summary, bare);
  free(bare);
  return number;
}

/* A lead is known by the length of its account, the account, and its own id: no two of them read
 * the same. */
static uint32_t lead_index(summary *summary, treaty_text account, treaty_text id) {
  buffer_clear(&summary->key);
  uint32_t account_length = (uint32_t)account.length;
  buffer_put(&summary->key, &account_length, sizeof account_length);
  buffer_put(&summary->key, account.bytes, account.length);
  buffer_put(&summary->key, id.bytes, id.length);

  if (summary->lead_count == summary->lead_room) {
    summary->lead_room *= 2;
    summary->leads = room_grow(summary->leads, summary->lead_room, sizeof *summary->leads);
  }
  uint32_t index = map_add(summary, &summary->leads_map, summary->key.bytes, summary->key.length,
                           summary->lead_count);
  if (index < summary->lead_count)
    return summary->leads[index].is ? summary->leads[index].is - 1 : index;

  char *key =
      memcpy(room_grow(NULL, summary->key.length, 1), summary->key.bytes, summary->key.length);
  summary->leads[index] = (lead_record){.key = key, .key_length = (uint32_t)summary->key.length};
  summary->lead_count++;
  return index;
}

static lead_record *lead_of(summary *summary, treaty_text account, treaty_text id) {
  uint32_t index = lead_index(summary, account, id); /* may move them */
  return &summary->leads[index];
}

summary *summary_new(const char *by) {
  summary *made = room_grow(NULL, 1, sizeof *made);
  *made = (summary){.by = by, .name_room = 16, .lead_room = 256, .offer_room = 256};
  tr_hash_key no_key = {0}; /* a dry run is on one's own data */
  tr_map_init(&made->names_map, &made->memory, no_key, is_name, made);
  tr_map_init(&made->leads_map, &made->memory, no_key, is_lead, made);
  made->names = room_grow(NULL, made->name_room, sizeof *made->names);
  made->leads = room_grow(NULL, made->lead_room, sizeof *made->leads);
  made->offers = room_grow(NULL, made->offer_room, sizeof *made->offers);
  made->names[made->name_count++] = room_copy(""); /* number 0 */
  return made;
}

void summary_free(summary *summary) {
  if (!summary) return;
  for (uint32_t i = 0; i < summary->name_count; i++) free(summary->names[i]);
  for (uint32_t i = 0; i < summary->lead_count; i++) free(summary->leads[i].key);
  free(summary->names);
  free(summary->leads);
  free(summary->offers);
  free(summary->shares);
  free(summary->leads_by_share);
  free(summary->offers_by_share);
  buffer_free(&summary->key);
  tr_memory_close(&summary->memory);
  free(summary);
}

/* ---- Decisions ------------------------------------------------------------------------------- */

static offer_record *add_offer(summary *summary, lead_record *lead,
                               const treaty_decision *decision) {
  if (summary->offer_count == summary->offer_room) {
    summary->offer_room *= 2;
    summary->offers = room_grow(summary->offers, summary->offer_room, sizeof *summary->offers);
  }
  offer_record *offer = &summary->offers[summary->offer_count++];
  *offer = (offer_record){.lead = (uint32_t)(lead - summary->leads),
                          .party = name_number(summary, decision->party)};
  lead->open_offer = summary->offer_count;
  return offer;
}

static void end_offer(summary *summary, const treaty_decision *decision, offer_end end) {
  lead_record *lead = lead_of(summary, decision->account, decision->lead);
  /* What is accepted at once need not have been offered in a decision of its own. */
  offer_record *offer = lead->open_offer ? &summary->offers[lead->open_offer - 1]
                                         : add_offer(summary, lead, decision);
  assert(offer->end == OFFER_OPEN);
  offer->end = end;
  offer->late = decision->late;
  offer->at_once = decision->at_once;
  if (end == OFFER_ACCEPTED || end == OFFER_REJECTED)
    offer->dated_before = decision->answered_ms < decision->offered_ms;
  else
    lead->lapsed_offer = (uint32_t)(offer - summary->offers) + 1;
  offer->open_ms = decision->open_ms;
  offer->wall_ms = decision->wall_ms;
  offer->reason = name_number(summary, decision->reason);
  lead->open_offer = 0;
}

static void note_answer(summary *summary, const treaty_decision *decision) {
  lead_record *lead = lead_of(summary, decision->account, decision->lead);
  if (!lead->lapsed_offer) return;
  offer_record *offer = &summary->offers[lead->lapsed_offer - 1];
  bool in_time = !decision->late && decision->answered_ms <= decision->ended_ms;
  offer->note = in_time ? NOTE_IN_TIME : NOTE_TOO_LATE;
  offer->dated_before = decision->answered_ms < decision->offered_ms;
  lead->lapsed_offer = 0;
}

static void breach_offer(summary *summary, const treaty_decision *decision) {
  lead_record *lead = lead_of(summary, decision->account, decision->lead);
  if (lead->open_offer) summary->offers[lead->open_offer - 1].breached = true;
}

static void close_lead(summary *summary, const treaty_decision *decision) {
  lead_record *lead = lead_of(summary, decision->account, decision->lead);
  lead->closed = true;
  lead->won = decision->won;
  lead->lost = decision->file && !decision->won; /* what no clause closes is neither */
  lead->closed_ms = decision->time_ms;
  lead->reason = name_number(summary, decision->reason);
}

/* A lead that goes to another account is the one that it was. */
static void adopt_lead(summary *summary, const treaty_decision *decision) {
  treaty_text account = {decision->from, strlen(decision->from)},
              id = {decision->name, strlen(decision->name)};
  uint32_t before = lead_index(summary, account, id),
           now = lead_index(summary, decision->account, decision->lead);
  if (now != before) summary->leads[now].is = before + 1;
}

void summary_add(summary *summary, const treaty_decision *decision) {
  switch (decision->kind) {
    case TREATY_LEAD_OPENED:
      lead_of(summary, decision->account, decision->lead)->opened_ms = decision->time_ms;
      break;
    case TREATY_LEAD_CLOSED: close_lead(summary, decision); break;
    case TREATY_HANDOVER_OFFERED:
      add_offer(summary, lead_of(summary, decision->account, decision->lead), decision);
      break;
    case TREATY_HANDOVER_ACCEPTED: end_offer(summary, decision, OFFER_ACCEPTED); break;
    case TREATY_HANDOVER_REJECTED: end_offer(summary, decision, OFFER_REJECTED); break;
    case TREATY_HANDOVER_RETURNED: end_offer(summary, decision, OFFER_RETURNED); break;
    case TREATY_HANDOVER_ENDED: end_offer(summary, decision, OFFER_ENDED); break;
    case TREATY_HANDOVER_ANSWER_NOTED: note_answer(summary, decision); break;
    case TREATY_LEAD_ADOPTED: adopt_lead(summary, decision); break;
    case TREATY_HANDOVER_BREACHED: breach_offer(summary, decision); break;
    case TREATY_EVENT_UNBOUND: summary->unbound++; break;
    case TREATY_LEAD_ENTRY_REFUSED: summary->entries_refused++; break;
    default: break;
  }
}

/* ---- The last look --------------------------------------------------------------------------- */

typedef struct looking {
  summary *summary;
  treaty_engine *engine;
  treaty_text account;
  bool no_such_field;
} looking;

static void look_at_lead(void *context, const treaty_lead *lead) {
  looking *look = context;
  summary *summary = look->summary;
  treaty_text only = look->account;
  if (only.bytes && (only.length != lead->account.length ||
                     memcmp(only.bytes, lead->account.bytes, only.length) != 0))
    return;
  lead_record *record = lead_of(summary, lead->account, lead->id);
  record->seen = true;
  record->opened_ms = lead->opened_ms;
  record->stage = name_number(summary, lead->stage);
  record->owner = name_number(summary, lead->owner);
  record->governed = lead->agreement != NULL;
  if (!summary->by) return;
  const char *value = treaty_engine_value(look->engine, lead, summary->by);
  if (!value)
    look->no_such_field = true;
  else
    record->value = value_number(summary, value);
}

static int compare_shares(const void *a, const void *b, void *context) {
  const share *left = a, *right = b;
  const summary *summary = context;
  if (left->lead_count != right->lead_count) return left->lead_count > right->lead_count ? -1 : 1;
  return strcmp(summary->names[left->value], summary->names[right->value]);
}

/* Counts the leads and hand-overs of each value; the share of a value stands at its number until
 * all are sorted. */
static void count_shares(summary *summary, share *by_value) {
  for (uint32_t i = 0; i < summary->lead_count; i++)
    if (summary->leads[i].seen) by_value[summary->leads[i].value].lead_count++;
  for (uint32_t i = 0; i < summary->offer_count; i++) {
    const lead_record *lead = &summary->leads[summary->offers[i].lead];
    if (lead->seen) by_value[lead->value].offer_count++;
  }
}

/* Gives each share its stretch of the two arrays. */
static void place_shares(summary *summary) {
  uint32_t leads = 0, offers = 0;
  for (uint32_t i = 0; i < summary->share_count; i++) {
    share *at = &summary->shares[i];
    at->first_lead = leads;
    at->first_offer = offers;
    leads += at->lead_count;
    offers += at->offer_count;
  }
  summary->seen_lead_count = leads;
  summary->seen_offer_count = offers;
}

static void deal_out(summary *summary) {
  uint32_t *share_of = room_grow(NULL, summary->name_count, sizeof *share_of);
  uint32_t *leads_dealt = room_grow(NULL, (size_t)summary->share_count + 1, sizeof *leads_dealt);
  uint32_t *offers_dealt = room_grow(NULL, (size_t)summary->share_count + 1, sizeof *offers_dealt);
  for (uint32_t i = 0; i < summary->share_count; i++) {
    share_of[summary->shares[i].value] = i;
    leads_dealt[i] = summary->shares[i].first_lead;
    offers_dealt[i] = summary->shares[i].first_offer;
  }
  for (uint32_t i = 0; i < summary->lead_count; i++) {
    const lead_record *lead = &summary->leads[i];
    if (lead->seen) summary->leads_by_share[leads_dealt[share_of[lead->value]]++] = i;
  }
  for (uint32_t i = 0; i < summary->offer_count; i++) {
    const lead_record *lead = &summary->leads[summary->offers[i].lead];
    if (lead->seen) summary->offers_by_share[offers_dealt[share_of[lead->value]]++] = i;
  }
  free(share_of);
  free(leads_dealt);
  free(offers_dealt);
}

static void make_shares(summary *summary) {
  share *shares = room_grow(NULL, summary->name_count, sizeof *shares);
  for (uint32_t i = 0; i < summary->name_count; i++) shares[i] = (share){.value = i};
  count_shares(summary, shares);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < summary->name_count; i++)
    if (shares[i].lead_count > 0) shares[kept++] = shares[i];
  summary->shares = shares;
  summary->share_count = kept;
  qsort_r(shares, kept, sizeof *shares, compare_shares, summary);
  place_shares(summary);
  summary->leads_by_share = room_grow(NULL, (size_t)summary->seen_lead_count + 1, sizeof(uint32_t));
  summary->offers_by_share =
      room_grow(NULL, (size_t)summary->seen_offer_count + 1, sizeof(uint32_t));
  deal_out(summary);
}

bool summary_finish(summary *summary, treaty_engine *engine, treaty_text account) {
  assert(!summary->shares);
  looking look = {.summary = summary, .engine = engine, .account = account};
  summary->of_one_account = account.bytes != NULL;
  treaty_engine_leads(engine, look_at_lead, &look);
  if (look.no_such_field) return false;
  make_shares(summary);
  return true;
}

int64_t summary_nearest_rank(const int64_t *values, size_t count, unsigned percent) {
  assert(count > 0 && percent > 0 && percent <= 100);
  return values[(count * percent + 99) / 100 - 1];
}
