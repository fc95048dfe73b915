/* summary.c - the last look, and the leads dealt out; what is printed of it stands in
 * summary_show.c.
 *
 * At the end leads and hand-overs are dealt out by the value of the field, so that each share is
 * one stretch of an array and is tallied in one pass:
 *
 *     leads by value    | home decor: 4 9 12 | toys: 1 2 | unknown: 3 5 ...
 */
#include "runtime/summary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/summary_tally.h"

summary *summary_new(const char *by) {
  summary *made = room_grow(NULL, 1, sizeof *made);
  *made = (summary){.by = by};
  ledger_init(&made->ledger);
  return made;
}

void summary_free(summary *summary) {
  if (!summary) return;
  ledger_close(&summary->ledger);
  free(summary->shares);
  free(summary->leads_by_share);
  free(summary->offers_by_share);
  free(summary);
}

void summary_add(summary *summary, const treaty_decision *decision) {
  ledger_add(&summary->ledger, decision);
  summary->unbound += decision->kind == TREATY_EVENT_UNBOUND;
  summary->entries_refused += decision->kind == TREATY_LEAD_ENTRY_REFUSED;
}

/* ---- The last look --------------------------------------------------------------------------- */

/* The number of a field's value. Texts come in quotes; they are shown without, but for a text that
 * would read like no text. */
static uint32_t value_number(summary *summary, const char *value) {
  size_t length = strlen(value);
  bool quoted = length > 2 && value[0] == '"' && value[length - 1] == '"';
  if (!quoted || strcmp(value, "\"unknown\"") == 0) return ledger_name(&summary->ledger, value);
  char *bare = room_copy(value + 1);
  bare[length - 2] = '\0';
  uint32_t number = ledger_name(&summary->ledger, bare);
  free(bare);
  return number;
}

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
  ledger_lead *record = ledger_lead_of(&summary->ledger, lead->account, lead->id);
  record->seen = true;
  record->opened_ms = lead->opened_ms;
  record->stage = ledger_name(&summary->ledger, lead->stage);
  record->owner = ledger_name(&summary->ledger, lead->owner);
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
  return strcmp(summary->ledger.names[left->value], summary->ledger.names[right->value]);
}

/* Counts the leads and hand-overs of each value; the share of a value stands at its number until
 * all are sorted. */
static void count_shares(summary *summary, share *by_value) {
  for (uint32_t i = 0; i < summary->ledger.lead_count; i++)
    if (summary->ledger.leads[i].seen) by_value[summary->ledger.leads[i].value].lead_count++;
  for (uint32_t i = 0; i < summary->ledger.offer_count; i++) {
    const ledger_lead *lead = &summary->ledger.leads[summary->ledger.offers[i].lead];
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
  uint32_t *share_of = room_grow(NULL, summary->ledger.name_count, sizeof *share_of);
  uint32_t *leads_dealt = room_grow(NULL, (size_t)summary->share_count + 1, sizeof *leads_dealt);
  uint32_t *offers_dealt = room_grow(NULL, (size_t)summary->share_count + 1, sizeof *offers_dealt);
  for (uint32_t i = 0; i < summary->share_count; i++) {
    share_of[summary->shares[i].value] = i;
    leads_dealt[i] = summary->shares[i].first_lead;
    offers_dealt[i] = summary->shares[i].first_offer;
  }
  for (uint32_t i = 0; i < summary->ledger.lead_count; i++) {
    const ledger_lead *lead = &summary->ledger.leads[i];
    if (lead->seen) summary->leads_by_share[leads_dealt[share_of[lead->value]]++] = i;
  }
  for (uint32_t i = 0; i < summary->ledger.offer_count; i++) {
    const ledger_lead *lead = &summary->ledger.leads[summary->ledger.offers[i].lead];
    if (lead->seen) summary->offers_by_share[offers_dealt[share_of[lead->value]]++] = i;
  }
  free(share_of);
  free(leads_dealt);
  free(offers_dealt);
}

static void make_shares(summary *summary) {
  share *shares = room_grow(NULL, summary->ledger.name_count, sizeof *shares);
  for (uint32_t i = 0; i < summary->ledger.name_count; i++) shares[i] = (share){.value = i};
  count_shares(summary, shares);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < summary->ledger.name_count; i++)
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
  /* What a party owes is of all accounts. */
  if (!account.bytes) summary->quotas = treaty_engine_quotas(engine, &summary->quota_count);
  return true;
}
