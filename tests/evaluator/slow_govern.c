/* slow_govern.c - which agreement governs a lead, and what changes when a newer version takes it
 * over. */
#include "slow_deal.h"

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }

static bool is_same_name(const tr_agreement *one, const tr_agreement *other) {
  return strcmp(one->name.text, other->name.text) == 0;
}

bool slow_is_other_version(const tr_agreement *one, const tr_agreement *other) {
  return one && other && one != other && is_same_name(one, other);
}

/* ---- In force -------------------------------------------------------------------------------- */

/* Whole days, both included. */
static bool is_in_force(const step *step, const tr_agreement *agreement) {
  int64_t day = step->now_ms / DAY_MS;
  return agreement->from_day <= day && day <= agreement->to_day;
}

/* Of several versions the newest in force counts. */
static bool counts(const step *step, const tr_agreement *agreement) {
  const slow *slow = step->slow;
  if (!is_in_force(step, agreement)) return false;
  for (uint32_t i = 0; i < slow->tree->agreements.count; i++) {
    const tr_agreement *other = slow->tree->agreements.items[i];
    if (is_same_name(other, agreement) && other->version > agreement->version &&
        is_in_force(step, other))
      return false;
  }
  return true;
}

/* The first that applies; while one cannot be told and none does, none. */
static const tr_agreement *find(const step *step, int lead) {
  const tr_agreement *otherwise = NULL;
  bool open = false;
  for (uint32_t i = 0; i < step->slow->tree->agreements.count; i++) {
    const tr_agreement *agreement = step->slow->tree->agreements.items[i];
    if (!counts(step, agreement)) continue;
    if (agreement->otherwise) {
      otherwise = agreement;
      continue;
    }
    int applies = slow_holds(step, lead, agreement->applies);
    if (applies == TREATY_TRUE) return agreement;
    open |= applies == TREATY_UNKNOWN;
  }
  return open ? NULL : otherwise;
}

/* ---- Taken over ------------------------------------------------------------------------------ */

static const tr_becomes *find_becomes(const tr_agreement *agreement, const char *stage) {
  for (uint32_t i = 0; i < agreement->stages.count; i++) {
    if (strcmp(agreement->stages.items[i].from.text, stage) == 0)
      return &agreement->stages.items[i];
  }
  return NULL;
}

const char *slow_stage_by_now(const slow_deal *deal, const tr_agreement *of, const char *stage) {
  if (!slow_is_other_version(deal->agreement, of)) return stage;
  const tr_becomes *becomes = find_becomes(deal->agreement, stage);
  return becomes ? becomes->to.text : stage;
}

static const char *name_of(slow *slow, const tr_agreement *agreement) {
  char name[64];
  if (!agreement) return NULL;
  snprintf(name, sizeof name, "%s@%d", agreement->name.text, (int)agreement->version);
  return slow_keep_text(slow, name);
}

static void say(step *step, int lead, const tr_agreement *before) {
  slow_deal *deal = deal_of(step, lead);
  bool governed = deal->agreement != NULL;
  treaty_decision *said =
      slow_say(step, governed ? TREATY_LEAD_GOVERNED : TREATY_LEAD_UNGOVERNED, lead, NULL);
  said->from = name_of(step->slow, before);
  said->to = name_of(step->slow, deal->agreement);
  if (governed) step->slow->said[step->slow->said_count - 1].span = deal->agreement->name.span;
}

/* What is bound, or on offer, stays with its version. That none governs is said once. */
bool slow_govern(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  const tr_agreement *before = deal->agreement;
  if (deal->is_bound || deal->offer.clause) return false;
  const tr_agreement *now = find(step, lead);
  if (now == before && (now || deal->waits)) return false;
  bool waited = deal->waits;
  deal->agreement = now;
  deal->governed_from = step->slow->event_count;
  deal->waits = !now;
  if (!now || waited || before) say(step, lead, before);
  if (now == before) return false;
  for (int i = 0; i < CLAUSES_MAX; i++) deal->stood[i] = NOT_LOOKED_AT;
  return true;
}

void slow_rename(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  const tr_becomes *becomes = find_becomes(deal->agreement, slow_stage_of(step, lead)->name.text);
  if (becomes) slow_go_by_name(step, lead, becomes);
}

/* ---- Bound ----------------------------------------------------------------------------------- */

bool slow_promotes_from(const step *step, const tr_agreement *of, const char *stage) {
  const tr_tree *tree = step->slow->tree;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_agreement *agreement = tree->agreements.items[i];
    if (!is_same_name(agreement, of) || !counts(step, agreement)) continue;
    for (uint32_t k = 0; k < agreement->clauses.count; k++) {
      const tr_clause *clause = agreement->clauses.items[k];
      if (clause->kind == CLAUSE_PROMOTE && slow_is_from(clause, stage)) return true;
    }
  }
  return false;
}
