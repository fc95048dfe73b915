/* group.c - quantifiers over the members of a buying center and over the leads of an account.
 *
 * A buying center that is not declared complete holds one more member, of whom nothing is known:
 * its facts are unknown, and it has caused no events. So `any member has (roles has decider)` is
 * open until somebody is named, while `any member has (engagement >= 40)` is false when nobody has
 * it; sums and counts become ranges. */
#include <assert.h>

#include "engine/aggregate.h"
#include "engine/census.h"
#include "engine/poll.h"

/* What the group has given so far. */
typedef struct gathering {
  tr_opcode op;
  tr_value value;         /* truth or count */
  tr_aggregate aggregate; /* sum or extreme */
  bool unknown;           /* there is no group */
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

static void add_value(const tr_eval *eval, gathering *all, tr_aggregate more) {
  all->aggregate = tr_aggregate_join(eval, all->op, &all->aggregate, &more);
}

static void gather(tr_eval *eval, gathering *all, const tr_code *code, tr_view view) {
  tr_value value = tr_evaluate(eval, code, view);
  tr_eval_settle(eval, value);
  value.tally = NULL;
  if (all->op == TR_OP_ANY || all->op == TR_OP_EVERY)
    gather_truth(all, tr_truth_of(value));
  else if (all->op == TR_OP_COUNT_WITH)
    gather_count(all, tr_truth_of(value));
  else
    add_value(eval, all, tr_aggregate_of(eval, value));
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
  tr_aggregate values;
  if (is_truth(all->op) && tr_census_take(eval, code, view, &answers)) {
    gather_answers(all, answers);
    return;
  }
  if (!is_truth(all->op) && tr_census_values(eval, all->op, code, view, &values)) {
    add_value(eval, all, values);
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

/* At an event, also of the past, only leads count that were open by then. */
static bool has_opened(const tr_eval *eval, const tr_lead *lead) {
  tr_stamp opened = {.time_ms = lead->opened_ms, .seq = lead->opened_seq},
           now = {.time_ms = eval->now_ms, .seq = eval->engine->seq};
  return !tr_stamp_before(now, opened);
}

/* All leads but the one that asks; false: they are to be asked one by one. */
static bool over_polled(tr_eval *eval, gathering *all, const tr_code *code, tr_view view) {
  const tr_poll *poll = tr_poll_take(eval, all->op, code, view);
  if (!poll) return false;
  if (is_truth(all->op))
    gather_answers(all, tr_poll_answers(poll, view.lead));
  else
    add_value(eval, all, tr_poll_values(eval, poll, view.lead));
  return true;
}

static void over_leads(tr_eval *eval, gathering *all, const tr_code *code, tr_view view,
                       bool others) {
  if (!view.account) {
    all->unknown = true;
    return;
  }
  const tr_lead *first = view.account->leads, *last = NULL;
  if (over_polled(eval, all, code, view)) {
    first = view.lead;
    last = first ? first->next : NULL;
  }
  for (const tr_lead *lead = first; lead != last && !is_decided(all); lead = lead->next) {
    bool itself = lead == view.lead;
    if (tr_lead_joined_into(lead) || (others && itself)) continue;
    if (view.before && !itself && !has_opened(eval, lead)) continue;
    gather(eval, all, code,
           (tr_view){.account = view.account,
                     .lead = lead,
                     .before = view.before || !itself,
                     .outside = view.outside ? view.outside : &view});
  }
}

tr_value tr_group_value(tr_eval *eval, tr_opcode op, tr_group group, const tr_code *code,
                        tr_view view) {
  gathering all = {.op = op, .aggregate = tr_aggregate_none()};
  if (op == TR_OP_ANY)
    all.value = tr_truth_value(TREATY_FALSE);
  else if (op == TR_OP_EVERY)
    all.value = tr_truth_value(TREATY_TRUE);
  else if (op == TR_OP_COUNT_WITH)
    all.value = tr_known_value(0);
  if (group == GROUP_MEMBERS)
    over_members(eval, &all, code, view);
  else
    over_leads(eval, &all, code, view, group == GROUP_OTHER_LEADS);
  if (all.unknown) return (tr_value){.known = UNKNOWN};
  return is_truth(op) ? all.value : tr_aggregate_value(eval, op, &all.aggregate);
}
