/* group.c - quantifiers over the members of a buying center and over the leads of an account.
 *
 * A buying center that is not declared complete holds one more member, of whom nothing is known:
 * its facts are unknown, and it has caused no events. So `any member has (roles has decider)` is
 * open until somebody is named, while `any member has (engagement >= 40)` is false when nobody has
 * it; sums and counts become ranges. */
#include <assert.h>

#include "engine/census.h"

/* What the group has given so far. */
typedef struct gathering {
  tr_opcode op;
  uint32_t count;
  tr_value value; /* truth, count, sum or extreme */
  bool unknown;   /* some member's value is */
} gathering;

static bool center_complete(tr_eval *eval, const tr_lead *lead) {
  const treaty_program *program = eval->engine->program;
  const tr_slot_field *field = &program->entities[ENTITY_LEAD].fields[program->complete_field];
  tr_value value = tr_field_value(eval, field, &lead->state);
  return value.known == KNOWN && value.low;
}

/* That the center is not complete is a fact like others: if it were, nobody else would count. */
static void trace_incomplete(tr_eval *eval, tr_view view) {
  const treaty_program *program = eval->engine->program;
  const tr_slot_field *field = &program->entities[ENTITY_LEAD].fields[program->complete_field];
  tr_trace_field(eval, field, view, ENTITY_LEAD, tr_field_value(eval, field, &view.lead->state));
}

/* What an unknown member could add to a maximum or a minimum: far beyond any value, and safe to
 * compute with. */
#define FAR (INT64_MAX / 4)

/* ---- Decaying scores ------------------------------------------------------------------------- */

static const tr_worth *still(tr_eval *eval, tr_value value) {
  tr_worth *worth = TR_NEW(&eval->engine->step, tr_worth);
  *worth = (tr_worth){.low = value.low, .high = value.high, .break_ms = TR_NEVER};
  return worth;
}

/* A clamp cuts a member's share off: the sum is of this form until a member reaches or leaves its
 * clamp. */
static int64_t clamp_break(const tr_eval *eval, tr_value value) {
  int64_t at_ms = tr_worth_until(eval, value.worth, value.low);
  int64_t above_ms = tr_worth_until(eval, value.worth, value.low + 1);
  return at_ms < above_ms ? at_ms : above_ms;
}

static bool is_clamped(const tr_eval *eval, tr_value value) {
  int64_t points = tr_decay_value(eval->engine->program->decay, value.worth->points, eval->now_ms);
  return points + value.worth->low != value.low || points + value.worth->high != value.high;
}

static tr_value sum_worth(tr_eval *eval, tr_value sum, tr_value more) {
  tr_worth *worth = TR_NEW(&eval->engine->step, tr_worth);
  *worth = sum.worth ? *sum.worth : *still(eval, sum);
  if (!more.worth || is_clamped(eval, more)) {
    int64_t break_ms = more.worth ? clamp_break(eval, more) : TR_NEVER;
    worth->low += more.low;
    worth->high += more.high;
    if (break_ms < worth->break_ms) worth->break_ms = break_ms;
  } else {
    worth->points = tr_decay_sum(worth->points, more.worth->points);
    worth->low += more.worth->low;
    worth->high += more.worth->high;
    if (more.worth->break_ms < worth->break_ms) worth->break_ms = more.worth->break_ms;
  }
  return (tr_value){.low = sum.low + more.low,
                    .high = sum.high + more.high,
                    .worth = worth,
                    .known = sum.known == KNOWN && more.known == KNOWN ? KNOWN : RANGE};
}

/* When two that move differently could change places: where their difference crosses that of what
 * stays, looked at a millionth to either side, for each is rounded by itself. */
static int64_t overtaking(const tr_eval *eval, const tr_worth *a, const tr_worth *b) {
  tr_worth between = {.break_ms = TR_NEVER,
                      .points = tr_decay_sum(a->points, tr_decay_negated(b->points))};
  int64_t levels[2] = {b->low - a->low, b->high - a->high}, first_ms = TR_NEVER;
  for (int i = 0; i < 2; i++) {
    for (int64_t level = levels[i] - 1; level <= levels[i] + 2; level++) {
      int64_t at_ms = tr_worth_until(eval, &between, level);
      if (at_ms < first_ms) first_ms = at_ms;
    }
  }
  return first_ms;
}

/* The extreme of two moves as the one that is taken moves, until the other overtakes it. */
static tr_value extreme_worth(tr_eval *eval, tr_value a, tr_value b, bool larger) {
  const tr_worth *moves_a = a.worth ? a.worth : still(eval, a),
                 *moves_b = b.worth ? b.worth : still(eval, b);
  bool alike = moves_a->low == moves_b->low && moves_a->high == moves_b->high;
  bool above = tr_decay_sum(moves_a->points, tr_decay_negated(moves_b->points)).total > 0;
  bool take_a = alike ? above == larger : (a.low > b.low) == larger;
  tr_worth *worth = TR_NEW(&eval->engine->step, tr_worth);
  *worth = take_a ? *moves_a : *moves_b;
  const tr_worth *other = take_a ? moves_b : moves_a;
  int64_t break_ms = other->break_ms;
  if (!alike) {
    int64_t clamps_ms = TR_NEVER, at_ms = overtaking(eval, moves_a, moves_b);
    if (a.worth && is_clamped(eval, a)) clamps_ms = clamp_break(eval, a);
    if (at_ms < break_ms) break_ms = at_ms;
    if (clamps_ms < break_ms) break_ms = clamps_ms;
    if (b.worth && is_clamped(eval, b) && clamp_break(eval, b) < break_ms)
      break_ms = clamp_break(eval, b);
  }
  if (break_ms < worth->break_ms) worth->break_ms = break_ms;
  int64_t low = (a.low < b.low) == larger ? b.low : a.low,
          high = (a.high < b.high) == larger ? b.high : a.high;
  return (tr_value){.low = low, .high = high, .known = low == high ? KNOWN : RANGE, .worth = worth};
}

/* ---- One after the other --------------------------------------------------------------------- */

static void gather_truth(gathering *all, treaty_truth truth) {
  bool any = all->op == TR_OP_ANY;
  treaty_truth decides = any ? TREATY_TRUE : TREATY_FALSE;
  if (truth == decides)
    all->value = tr_truth_value(decides);
  else if (truth == TREATY_UNKNOWN && tr_truth_of(all->value) != decides)
    all->value = tr_truth_value(TREATY_UNKNOWN);
}

static void gather_count(gathering *all, treaty_truth truth) {
  all->value.low += truth == TREATY_TRUE ? 1000000 : 0;
  all->value.high += truth != TREATY_FALSE ? 1000000 : 0;
  all->value.known = all->value.low == all->value.high ? KNOWN : RANGE;
}

static void gather_value(tr_eval *eval, gathering *all, tr_value value) {
  if (value.known == UNKNOWN) {
    all->unknown = true;
    return;
  }
  if (all->count++ == 0) {
    all->value = value;
    if (all->op == TR_OP_SUM && value.worth) all->value = sum_worth(eval, tr_known_value(0), value);
    return;
  }
  bool moves = all->value.worth || value.worth;
  if (all->op == TR_OP_SUM) {
    if (moves) {
      all->value = sum_worth(eval, all->value, value);
      return;
    }
    __int128 low = (__int128)all->value.low + value.low,
             high = (__int128)all->value.high + value.high;
    if (low < INT64_MIN || high > INT64_MAX)
      all->unknown = true;
    else
      all->value = (tr_value){
          .low = (int64_t)low, .high = (int64_t)high, .known = low == high ? KNOWN : RANGE};
    return;
  }
  bool larger = all->op == TR_OP_MAX;
  if (moves) {
    all->value = extreme_worth(eval, all->value, value, larger);
    return;
  }
  if ((all->value.low < value.low) == larger) all->value.low = value.low;
  if ((all->value.high < value.high) == larger) all->value.high = value.high;
  all->value.known = all->value.low == all->value.high ? KNOWN : RANGE;
}

static void gather(tr_eval *eval, gathering *all, const tr_code *code, tr_view view) {
  tr_value value = tr_evaluate(eval, code, view);
  if (value.tally && tr_tally_change(value.tally) < eval->until_ms)
    eval->until_ms = tr_tally_change(value.tally);
  value.tally = NULL;
  if (all->op == TR_OP_ANY || all->op == TR_OP_EVERY)
    gather_truth(all, tr_truth_of(value));
  else if (all->op == TR_OP_COUNT_WITH)
    gather_count(all, tr_truth_of(value));
  else
    gather_value(eval, all, value);
}

static bool is_truth(tr_opcode op) {
  return op == TR_OP_ANY || op == TR_OP_EVERY || op == TR_OP_COUNT_WITH;
}

/* The same of many at once. */
static void gather_answers(gathering *all, tr_answers answers) {
  if (all->op == TR_OP_COUNT_WITH) {
    all->value.low = (int64_t)answers.yes * 1000000;
    all->value.high = ((int64_t)answers.yes + answers.open) * 1000000;
    all->value.known = answers.open ? RANGE : KNOWN;
    return;
  }
  if (answers.open) gather_truth(all, TREATY_UNKNOWN);
  if (answers.yes) gather_truth(all, TREATY_TRUE);
  if (answers.no) gather_truth(all, TREATY_FALSE);
}

/* Whether what comes after can no longer matter. */
static bool is_decided(const gathering *all) {
  if (all->op == TR_OP_ANY) return tr_truth_of(all->value) == TREATY_TRUE;
  return all->op == TR_OP_EVERY && tr_truth_of(all->value) == TREATY_FALSE;
}

static void over_named(tr_eval *eval, gathering *all, const tr_code *code, tr_view view) {
  tr_answers answers;
  if (is_truth(all->op) && tr_census_take(eval, code, view, &answers)) {
    gather_answers(all, answers);
    return;
  }
  for (uint32_t i = 0; i < view.lead->member_count && !is_decided(all); i++) {
    const tr_member *member = &view.lead->members[i];
    if (!member->is_there) continue;
    gather(eval, all, code,
           (tr_view){.account = view.account,
                     .lead = view.lead,
                     .member = member,
                     .person = member->person,
                     .before = view.before,
                     .outside = view.outside});
  }
}

static void over_members(tr_eval *eval, gathering *all, const tr_code *code, tr_view view) {
  if (!view.lead) {
    all->unknown = true;
    return;
  }
  over_named(eval, all, code, view);
  if (is_decided(all) || center_complete(eval, view.lead)) return;
  if (eval->trace) trace_incomplete(eval, view);
  gather(eval, all, code,
         (tr_view){.account = view.account,
                   .lead = view.lead,
                   .before = view.before,
                   .outside = view.outside});
}

static void over_leads(tr_eval *eval, gathering *all, const tr_code *code, tr_view view,
                       bool others) {
  if (!view.account) {
    all->unknown = true;
    return;
  }
  for (const tr_lead *lead = view.account->leads; lead && !is_decided(all); lead = lead->next) {
    if (lead->joined_into || (others && lead == view.lead)) continue;
    gather(eval, all, code,
           (tr_view){.account = view.account,
                     .lead = lead,
                     .before = view.before || lead != view.lead,
                     .outside = view.outside ? view.outside : &view});
  }
}

/* Of some members the value is unknown: the largest is at least that of the others, the smallest at
 * most. */
static tr_value reaching_far(tr_eval *eval, tr_value value, tr_opcode op) {
  value.known = RANGE;
  if (op == TR_OP_MAX)
    value.high = FAR;
  else
    value.low = -FAR;
  if (value.worth) {
    tr_worth *worth = TR_NEW(&eval->engine->step, tr_worth);
    *worth = *value.worth;
    if (op == TR_OP_MAX)
      worth->high = FAR;
    else
      worth->low = -FAR;
    value.worth = worth;
  }
  return value;
}

tr_value tr_group_value(tr_eval *eval, tr_opcode op, tr_group group, const tr_code *code,
                        tr_view view) {
  gathering all = {.op = op};
  if (op == TR_OP_ANY)
    all.value = tr_truth_value(TREATY_FALSE);
  else if (op == TR_OP_EVERY)
    all.value = tr_truth_value(TREATY_TRUE);
  else if (op == TR_OP_COUNT_WITH || op == TR_OP_SUM)
    all.value = tr_known_value(0);
  if (group == GROUP_MEMBERS)
    over_members(eval, &all, code, view);
  else
    over_leads(eval, &all, code, view, group == GROUP_OTHER_LEADS);
  bool extreme = op == TR_OP_MAX || op == TR_OP_MIN;
  if (extreme && all.count > 0 && all.unknown) return reaching_far(eval, all.value, op);
  if (all.unknown || (extreme && all.count == 0)) return (tr_value){.known = UNKNOWN};
  return all.value;
}
