/* slow_time.c - when time alone could bring something: a stamp leaves a window, a fact is no longer
 * known, somebody reaches an age, a day begins, a clock of the agreement falls due. Which of the
 * spans is asked of what is not told apart. */
#include "slow_deal.h"

/* ---- Spans ----------------------------------------------------------------------------------- */

static void add_span(slow *slow, int64_t span_ms) {
  for (int i = 0; i < slow->span_count; i++) {
    if (slow->spans_ms[i] == span_ms) return;
  }
  if (span_ms <= 0) return;
  assert(slow->span_count < (int)(sizeof slow->spans_ms / sizeof *slow->spans_ms));
  slow->spans_ms[slow->span_count++] = span_ms;
}

static void find_in(slow *slow, const tr_expr *expr) {
  if (!expr) return;
  switch (expr->kind) {
    case EXPR_COUNT:
    case EXPR_NO:
    case EXPR_SUM_IN:
    case EXPR_MAX_IN:
    case EXPR_MIN_IN:
    case EXPR_COUNT_DAYS:
    case EXPR_DURATION: add_span(slow, expr->number); break;
    default: break;
  }
  find_in(slow, expr->left);
  find_in(slow, expr->right);
  for (uint32_t i = 0; i < expr->list.count; i++) find_in(slow, expr->list.items[i]);
}

static void find_in_scores(slow *slow) {
  for (uint32_t s = 0; s < slow->tree->scores.count; s++) {
    const tr_score *score = slow->tree->scores.items[s];
    add_span(slow, score->expires_ms);
    for (uint32_t r = 0; r < score->points.count; r++) {
      add_span(slow, score->points.items[r].after_ms);
      find_in(slow, score->points.items[r].when);
    }
  }
}

static void find_in_clauses(slow *slow, const tr_agreement *agreement) {
  find_in(slow, agreement->applies);
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    const tr_clause *clause = agreement->clauses.items[i];
    add_span(slow, clause->after_ms);
    find_in(slow, clause->when);
    find_in(slow, clause->withdrawn);
    add_span(slow, clause->terms.pauses_most_ms);
    find_in(slow, clause->terms.pauses);
    if (clause->duty) {
      find_in(slow, clause->duty->owed_while);
      find_in(slow, clause->duty->unless);
    }
    if (clause->play) {
      find_in(slow, clause->play->with);
      find_in(slow, clause->play->holds_while);
    }
    if (clause->limit) {
      add_span(slow, clause->limit->span_ms);
      find_in(slow, clause->limit->when);
    }
  }
}

void slow_find_spans(slow *slow) {
  const tr_symbols *symbols = slow->symbols;
  for (uint32_t i = 0; i < symbols->defines.count; i++)
    find_in(slow, symbols->defines.items[i]->value);
  for (uint32_t i = 0; i < symbols->criteria.count; i++) {
    find_in(slow, symbols->criteria.items[i]->met);
    find_in(slow, symbols->criteria.items[i]->unmet);
  }
  for (uint32_t i = 0; i < slow->tree->signals.count; i++)
    add_span(slow, slow->tree->signals.items[i]->span_ms);
  find_in_scores(slow);
  for (uint32_t i = 0; i < slow->tree->agreements.count; i++)
    find_in_clauses(slow, slow->tree->agreements.items[i]);
}

/* ---- Instants -------------------------------------------------------------------------------- */

static void take_earlier(int64_t instant_ms, int64_t after_ms, int64_t *first_ms) {
  if (instant_ms > after_ms && instant_ms < *first_ms) *first_ms = instant_ms;
}

/* A time is longer than a span only one millisecond behind it. */
static void take_spans(const slow *slow, int64_t since_ms, int64_t after_ms, int64_t *first_ms) {
  for (int i = 0; i < slow->span_count; i++) {
    take_earlier(since_ms + slow->spans_ms[i], after_ms, first_ms);
    take_earlier(since_ms + slow->spans_ms[i] + 1, after_ms, first_ms);
  }
}

/* Of an offer, and of all that is owed. */
static int64_t next_due(const slow_deal *deal) {
  int64_t first_ms = slow_offer_next(&deal->offer);
  for (int i = 0; i < deal->owed_count; i++) {
    const slow_owed *owed = &deal->owed[i];
    bool goes_back = owed->clause->kind == CLAUSE_HAND;
    int64_t next_ms = goes_back ? INT64_MAX : slow_clock_next(&owed->clock);
    if (next_ms < first_ms) first_ms = next_ms;
  }
  return first_ms;
}

int64_t slow_next_due(const slow *slow, int account) {
  int64_t first_ms = INT64_MAX;
  for (int i = 0; i < slow->lead_count; i++) {
    const slow_deal *deal = &slow->deals[i];
    bool mine = slow_account_of(slow, slow->lead_account[i]) == account;
    if (mine && deal->is_open && next_due(deal) < first_ms) first_ms = next_due(deal);
  }
  return first_ms;
}

int64_t slow_next_look(const slow *slow, int64_t after_ms) {
  int64_t first_ms = INT64_MAX;
  for (int i = 0; i < slow->entry_count; i++) {
    take_spans(slow, slow->entries[i].time_ms, after_ms, &first_ms);
    if (slow->entries[i].kind == TAUGHT)
      take_earlier(slow->entries[i].until_ms, after_ms, &first_ms);
  }
  for (int i = 0; i < slow->stay_count; i++)
    take_spans(slow, slow->stays[i].since_ms, after_ms, &first_ms);
  for (int i = 0; i < slow->lead_count; i++) {
    const slow_deal *deal = &slow->deals[i];
    take_spans(slow, slow->lead_opened[i].time_ms, after_ms, &first_ms);
    if (!deal->is_open) continue;
    if (deal->hold) take_earlier(deal->held_until_ms, after_ms, &first_ms);
    take_earlier(next_due(deal), after_ms, &first_ms);
    for (int k = 0; k < deal->owed_count; k++) {
      if (deal->owed[k].clause->kind == CLAUSE_HAND)
        take_earlier(deal->owed[k].back_ms, after_ms, &first_ms);
    }
  }
  slow_take_absences(slow, after_ms, &first_ms);
  if (slow->event_count > 0) take_earlier((after_ms / DAY_MS + 1) * DAY_MS, after_ms, &first_ms);
  return first_ms;
}
