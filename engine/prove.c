/* prove.c - the questions that are asked of a treaty before it is in force: conditions that can
 * never hold, criteria that are always met, agreements and clauses of which two can hold, stages
 * that nothing reaches, and clauses that take a lead round in a circle; see prove.h. */
#include "engine/prove.h"

#include <string.h>

#include "engine/check_clause.h"
#include "engine/proof.h"
#include "engine/witness.h"

/* Parts of one condition that are tried in pairs. */
#define PARTS_MAX 40

typedef struct prover {
  tr_check *check;
  treaty_program *program;
  tr_arena arena;
  tr_proof *proof;
  tr_formula ***conditions; /* of each clause of each agreement */
  bool **dead;              /* the same: it never acts */
  uint32_t shown;
  bool gave_up; /* said once when all proofs together took too long */
} prover;

static tr_formula *formula(prover *prover, const tr_expr *condition) {
  return tr_proof_formula(prover->proof, condition);
}

static bool out_of_steps(const prover *prover) {
  return prover->proof->steps_in_all > TR_PROOF_STEPS_ALL_MAX;
}

static void say_gave_up(prover *prover, tr_span span, const char *what) {
  bool all = out_of_steps(prover);
  if (prover->gave_up) return;
  prover->gave_up = all;
  tr_report(prover->check->diags, DIAG_NOT_PROVED, span,
            all ? "from here on nothing was proved: the proofs of this treaty take too long"
                : "whether %s was not proved",
            what);
}

static void say_shown(tr_diag *diag, const char *shown, const char *why) {
  if (shown)
    tr_diag_help(diag, "This test shows such a lead:\n%s", shown);
  else
    tr_diag_help(diag, "Not proved: %s",
                 why ? why : "in the test that was made up for it the engine does not show it.");
}

/* ---- Conditions that can never hold ---------------------------------------------------------- */

static const tr_exprs *parts_of(const tr_expr *condition) {
  static const tr_exprs none;
  bool all = condition->kind == EXPR_AND || condition->kind == EXPR_ALL_OF;
  return all && condition->list.count <= PARTS_MAX ? &condition->list : &none;
}

/* The first two parts that exclude each other, or one that never holds alone (*other NULL). */
static const tr_expr *culprit(prover *prover, const tr_expr *condition, const tr_expr **other) {
  const tr_exprs *parts = parts_of(condition);
  *other = NULL;
  for (uint32_t i = 0; i < parts->count; i++) {
    tr_formula *one = formula(prover, parts->items[i]);
    if (tr_proof_can_hold(prover->proof, one, NULL) == PROOF_NO) return parts->items[i];
  }
  for (uint32_t i = 1; i < parts->count; i++) {
    for (uint32_t k = 0; k < i; k++) {
      tr_formula *a = formula(prover, parts->items[i]), *b = formula(prover, parts->items[k]);
      *other = parts->items[k];
      if (tr_proof_can_hold(prover->proof, a, b) == PROOF_NO) return parts->items[i];
    }
  }
  *other = NULL;
  return condition;
}

static void say_never(prover *prover, const tr_expr *condition, const char *so) {
  const tr_expr *other, *one = culprit(prover, condition, &other);
  tr_diag *diag = tr_report(prover->check->diags, DIAG_NEVER_HOLDS, one->span,
                            other ? "these two can never hold together, so %s"
                            : one->list.count > 0 && one == condition
                                ? "the parts of this can never hold together, so %s"
                                : "this can never hold, so %s",
                            so);
  if (other) tr_diag_related(diag, other->span, "the other");
}

/* false: it never holds, which is said. */
static bool can_hold(prover *prover, const tr_expr *condition, const char *so) {
  if (!condition) return true;
  tr_answer answer = tr_proof_can_hold(prover->proof, formula(prover, condition), NULL);
  if (answer == PROOF_GAVE_UP) say_gave_up(prover, condition->span, "this can ever hold");
  if (answer == PROOF_NO) say_never(prover, condition, so);
  return answer != PROOF_NO;
}

/* What is asked of members and leads stands within other conditions. */
static void prove_groups(prover *prover, const tr_expr *expr) {
  if (!expr) return;
  if (expr->kind == EXPR_ANY_HAS || expr->kind == EXPR_EVERY_HAS || expr->kind == EXPR_COUNT_WITH)
    can_hold(prover, expr->left,
             expr->group == GROUP_MEMBERS ? "no member is ever meant" : "no lead is ever meant");
  prove_groups(prover, expr->left);
  prove_groups(prover, expr->right);
  for (uint32_t i = 0; i < expr->list.count; i++) prove_groups(prover, expr->list.items[i]);
}

static bool prove_condition(prover *prover, const tr_expr *condition, const char *so) {
  prove_groups(prover, condition);
  return can_hold(prover, condition, so);
}

static const char *so_named(prover *prover, const char *format, const char *name) {
  tr_arena *arena = &prover->arena;
  const char *mark = strstr(format, "%s");
  return tr_arena_print(arena, "%.*s%s%s", (int)(mark - format), format, name, mark + 2);
}

static void prove_known(prover *prover) {
  const tr_tree *tree = prover->check->tree;
  for (uint32_t i = 0; i < tree->learns.count; i++)
    prove_condition(prover, tree->learns.items[i]->pattern.where, "nothing is learned here");
  for (uint32_t i = 0; i < tree->signals.count; i++) {
    const tr_signal *signal = tree->signals.items[i];
    const char *so = so_named(prover, "this is never '%s'", signal->name.text);
    prove_condition(prover, signal->when, so);
    for (uint32_t k = 0; k < signal->patterns.count; k++)
      prove_condition(prover, signal->patterns.items[k].where, so);
  }
  for (uint32_t i = 0; i < tree->scores.count; i++) {
    const tr_points_list *points = &tree->scores.items[i]->points;
    for (uint32_t k = 0; k < points->count; k++)
      prove_condition(prover, points->items[k].when, "these points are never added");
    prove_condition(prover, tree->scores.items[i]->counts_while, "nothing counts for the score");
    prove_condition(prover, tree->scores.items[i]->frozen_while, "the score is never frozen");
  }
  for (uint32_t i = 0; i < prover->check->symbols->defines.count; i++)
    prove_groups(prover, prover->check->symbols->defines.items[i]->value);
}

static void prove_criterion(prover *prover, const tr_criterion *criterion) {
  const char *name = criterion->name.text;
  bool can_be_met =
      prove_condition(prover, criterion->met, so_named(prover, "'%s' is never met", name));
  prove_condition(prover, criterion->unmet,
                  so_named(prover, "'unmet when' of '%s' says nothing", name));
  if (criterion->unmet || !can_be_met) return;
  tr_proof_begin(prover->proof);
  tr_proof_want(prover->proof, formula(prover, criterion->met), CAN_BE_FALSE);
  if (tr_proof_search(prover->proof) != PROOF_NO) return;
  tr_report(prover->check->diags, DIAG_ALWAYS_MET, criterion->met->span,
            "this is never false, so '%s' can never be not met", name);
}

/* ---- Agreements of which two apply ----------------------------------------------------------- */

static bool is_later_version(const tr_agreement *a, const tr_agreement *b, int64_t day) {
  return strcmp(a->name.text, b->name.text) == 0 && a->version > b->version && a->from_day <= day &&
         day <= a->to_day;
}

/* Whether it is the one of its name that is in force. */
static bool is_in_force(const tr_tree *tree, const tr_agreement *agreement, int64_t day) {
  if (day < agreement->from_day || day > agreement->to_day) return false;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    if (is_later_version(tree->agreements.items[i], agreement, day)) return false;
  }
  return true;
}

static const char *both_apply(prover *prover, uint32_t a, uint32_t b, int64_t day,
                              const char **why) {
  const tr_agreement *upper = prover->check->tree->agreements.items[a],
                     *lower = prover->check->tree->agreements.items[b];
  tr_arena *arena = prover->check->arena;
  tr_witness witness = {
      .name = tr_arena_print(arena, "%s and %s both apply", upper->name.text, lower->name.text),
      .day = day,
      .expects =
          tr_arena_print(arena, "  expect agreement of lead L1 is \"%s\"\n", upper->name.text),
      .codes = {&prover->program->agreements[a].applies, &prover->program->agreements[b].applies}};
  return tr_witness_show(prover->proof, prover->program, &witness, why);
}

static void prove_pair(prover *prover, uint32_t a, uint32_t b) {
  const tr_tree *tree = prover->check->tree;
  const tr_agreement *upper = tree->agreements.items[a], *lower = tree->agreements.items[b];
  int64_t day = upper->from_day > lower->from_day ? upper->from_day : lower->from_day;
  if (!upper->applies || !lower->applies || strcmp(upper->name.text, lower->name.text) == 0 ||
      !is_in_force(tree, upper, day) || !is_in_force(tree, lower, day))
    return;
  tr_formula *one = formula(prover, upper->applies), *other = formula(prover, lower->applies);
  tr_answer answer = tr_proof_can_hold(prover->proof, one, other);
  if (answer == PROOF_GAVE_UP)
    say_gave_up(prover, lower->applies->span, "this excludes what the other agreements take");
  if (answer != PROOF_YES) return;
  const char *why, *shown = both_apply(prover, a, b, day, &why);
  tr_diag *diag = tr_report(prover->check->diags, shown ? DIAG_TWO_CAN_APPLY : DIAG_NOT_SHOWN,
                            lower->applies->span,
                            shown ? "one lead can come under two agreements"
                                  : "one lead could come under two agreements");
  tr_diag_related(diag, upper->applies->span, "the other, \"%s\"", upper->name.text);
  say_shown(diag, shown, why);
}

static void prove_agreements(prover *prover) {
  const tr_tree *tree = prover->check->tree;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_agreement *agreement = tree->agreements.items[i];
    prove_condition(prover, agreement->applies,
                    so_named(prover, "\"%s\" applies to no lead", agreement->name.text));
    for (uint32_t k = 0; k < i; k++) prove_pair(prover, k, i);
  }
}

/* ---- Clauses of which two can hold ----------------------------------------------------------- */

typedef struct pair {
  uint32_t agreement, stage, upper, lower; /* the clauses by their places */
} pair;

static const tr_clause *clause_of(const prover *prover, uint32_t agreement, uint32_t clause) {
  return prover->check->tree->agreements.items[agreement]->clauses.items[clause];
}

static const char *place_of(const tr_clause *clause) {
  return clause->kind == CLAUSE_HAND ? clause->taker.text : clause->to.text;
}

/* What is under the agreement of the clauses: it applies, and no other does. */
static void want_governed(prover *prover, uint32_t number) {
  const tr_tree *tree = prover->check->tree;
  const tr_agreement *agreement = tree->agreements.items[number];
  if (agreement->applies)
    tr_proof_want(prover->proof, formula(prover, agreement->applies), CAN_BE_TRUE);
  for (uint32_t i = 0; agreement->otherwise && i < tree->agreements.count; i++) {
    const tr_agreement *other = tree->agreements.items[i];
    if (other->applies && is_in_force(tree, other, agreement->from_day))
      tr_proof_want(prover->proof, formula(prover, other->applies), CAN_BE_FALSE);
  }
}

/* Whether some case makes one true and the other one of `wanted`. */
static tr_answer ask_pair(prover *prover, pair pair, uint32_t true_one, uint32_t other,
                          uint8_t wanted) {
  tr_proof_begin(prover->proof);
  tr_proof_want(prover->proof, prover->conditions[pair.agreement][true_one], CAN_BE_TRUE);
  tr_proof_want(prover->proof, prover->conditions[pair.agreement][other], wanted);
  if (wanted == CAN_BE_TRUE) want_governed(prover, pair.agreement);
  tr_proof_at_stage(prover->proof, pair.stage);
  return tr_proof_search(prover->proof);
}

static const char *both_hold(prover *prover, pair pair, const char **why) {
  const tr_clause *upper = clause_of(prover, pair.agreement, pair.upper),
                  *lower = clause_of(prover, pair.agreement, pair.lower);
  const tr_agreement_def *agreement = &prover->program->agreements[pair.agreement];
  tr_arena *arena = prover->check->arena;
  const char *what = upper->kind != CLAUSE_HAND ? "move"
                     : upper->at_once           ? "acceptance"
                                                : "handover";
  tr_witness witness = {
      .name = tr_arena_print(arena, "%s comes before %s", place_of(upper), place_of(lower)),
      .day = prover->check->tree->agreements.items[pair.agreement]->from_day,
      .stage = pair.stage,
      .expects = tr_arena_print(arena, "  expect %s of lead L1 to %s\n", what, place_of(upper)),
      .codes = {&agreement->clauses[pair.upper].when, &agreement->clauses[pair.lower].when}};
  return tr_witness_show(prover->proof, prover->program, &witness, why);
}

static void say_hidden(prover *prover, pair pair) {
  const tr_clause *upper = clause_of(prover, pair.agreement, pair.upper),
                  *lower = clause_of(prover, pair.agreement, pair.lower);
  tr_diag *diag = tr_report(prover->check->diags, DIAG_NEVER_HOLDS,
                            lower->when ? lower->when->span : lower->span,
                            "whenever this holds, a clause above it acts first");
  tr_diag_related(diag, upper->when ? upper->when->span : upper->span, "the clause above");
}

/* Whether somebody may decide that the lead is offered. */
static bool is_overridden(const tr_agreement *agreement, const tr_clause *clause) {
  for (uint32_t i = 0; clause->kind == CLAUSE_HAND && i < agreement->powers.count; i++) {
    const tr_power *power = agreement->powers.items[i];
    if (power->kind != POWER_OFFER || strcmp(power->to.text, clause->taker.text) != 0) continue;
    for (uint32_t k = 0; k < power->from.count; k++)
      if (strcmp(power->from.items[k].text, clause->from.items[0].text) == 0) return true;
  }
  return false;
}

/* Whether the lead is offered on these terms whatever their condition: by a step of another
 * hand-over, or because somebody decides so. */
static bool is_offered_on(const tr_agreement *agreement, const tr_clause *clause) {
  if (is_overridden(agreement, clause)) return true;
  for (uint32_t i = 0; clause->kind == CLAUSE_HAND && i < agreement->clauses.count; i++) {
    const tr_clause *other = agreement->clauses.items[i];
    for (uint32_t k = 0; other->kind == CLAUSE_HAND && k < other->terms.steps.count; k++) {
      const tr_step *step = &other->terms.steps.items[k];
      if (step->kind != STEP_OFFER) continue;
      uint32_t offered = tr_check_hand_to(agreement, other, step->who.text);
      if (offered != UINT32_MAX && agreement->clauses.items[offered] == clause) return true;
    }
  }
  return false;
}

/* The upper one hides the lower, is an exception to it, or cuts across it. */
static void prove_clauses(prover *prover, pair pair) {
  const tr_clause *upper = clause_of(prover, pair.agreement, pair.upper),
                  *lower = clause_of(prover, pair.agreement, pair.lower);
  uint8_t not_true = CAN_BE_FALSE | CAN_BE_UNKNOWN;
  uint8_t passes = upper->kind == CLAUSE_HAND ? CAN_BE_FALSE : not_true;
  if (is_offered_on(prover->check->tree->agreements.items[pair.agreement], lower)) return;
  if (ask_pair(prover, pair, pair.lower, pair.upper, passes) == PROOF_NO) {
    prover->dead[pair.agreement][pair.lower] = lower->from.count == 1;
    say_hidden(prover, pair);
    return;
  }
  if (strcmp(place_of(upper), place_of(lower)) == 0 || prover->shown >= TR_PROOF_SHOWN_MAX) return;
  if (ask_pair(prover, pair, pair.upper, pair.lower, not_true) == PROOF_NO) return;
  if (ask_pair(prover, pair, pair.upper, pair.lower, CAN_BE_TRUE) != PROOF_YES) return;
  const char *why, *shown = both_hold(prover, pair, &why);
  if (!shown && !why) return; /* they exclude each other by what the proof does not look into */
  prover->shown++;
  tr_diag *diag =
      tr_report(prover->check->diags, shown ? DIAG_FIRST_CLAUSE_WINS : DIAG_NOT_SHOWN,
                lower->when ? lower->when->span : lower->span,
                shown ? "this can hold together with a clause above it, which then acts"
                      : "this could hold together with a clause above it, which would then act");
  tr_diag_related(diag, upper->when ? upper->when->span : upper->span, "the clause above");
  say_shown(diag, shown, why);
}

static bool leaves(const tr_clause *clause, const char *stage) {
  if (clause->kind >= CLAUSE_ASSIGN) return false; /* whoever has it, it stays there */
  for (uint32_t i = 0; i < clause->from.count; i++) {
    if (strcmp(clause->from.items[i].text, stage) == 0) return true;
  }
  return false;
}

static bool are_alternatives(const tr_clause *a, const tr_clause *b) {
  return a->trigger == TRIGGER_WHEN && b->trigger == TRIGGER_WHEN &&
         (a->kind == CLAUSE_HAND) == (b->kind == CLAUSE_HAND);
}

static void prove_stage(prover *prover, uint32_t agreement, uint32_t stage) {
  const tr_clauses *clauses = &prover->check->tree->agreements.items[agreement]->clauses;
  const char *name = prover->check->tree->stages.items[0]->list.items[stage].name.text;
  for (uint32_t i = 0; i < clauses->count; i++) {
    if (!leaves(clauses->items[i], name)) continue;
    for (uint32_t k = 0; k < i; k++) {
      if (!leaves(clauses->items[k], name) || prover->dead[agreement][k] ||
          prover->dead[agreement][i] || !are_alternatives(clauses->items[k], clauses->items[i]))
        continue;
      if (out_of_steps(prover)) {
        say_gave_up(prover, clauses->items[i]->span, "");
        return;
      }
      prove_clauses(prover, (pair){agreement, stage, k, i});
    }
  }
}

/* ---- Circles --------------------------------------------------------------------------------- */

/* A way that a lead goes within one step: clauses, each out of the stage to which the one before
 * leads. */
typedef struct way {
  uint32_t agreement, first_stage;
  uint32_t clauses[TR_STAGES_MAX];
  uint32_t length;
  bool seen[TR_STAGES_MAX];
} way;

static uint32_t stage_number(const prover *prover, const char *name) {
  return name ? tr_type_value(prover->check->symbols->stage_type, name) : UINT32_MAX;
}

/* Where a clause takes a lead at once, when its condition holds. */
static uint32_t leads_at_once(const prover *prover, const tr_clause *clause) {
  if (clause->trigger != TRIGGER_WHEN) return UINT32_MAX;
  if (clause->kind != CLAUSE_HAND) return stage_number(prover, clause->to.text);
  return clause->at_once ? stage_number(prover, clause->accepted_to.text) : UINT32_MAX;
}

static bool can_go(prover *prover, const way *way) {
  tr_proof_begin(prover->proof);
  want_governed(prover, way->agreement);
  for (uint32_t i = 0; i < way->length; i++) {
    tr_formula *condition = prover->conditions[way->agreement][way->clauses[i]];
    tr_proof_want(prover->proof, condition, CAN_BE_TRUE);
  }
  return tr_proof_search(prover->proof) == PROOF_YES;
}

static const char *stage_name(const prover *prover, uint32_t stage) {
  return prover->check->tree->stages.items[0]->list.items[stage].name.text;
}

static void say_circle(prover *prover, const way *way) {
  tr_arena *arena = prover->check->arena;
  const char *first = stage_name(prover, way->first_stage), *round = first;
  for (uint32_t i = 0; i < way->length; i++) {
    const tr_clause *clause = clause_of(prover, way->agreement, way->clauses[i]);
    round =
        tr_arena_print(arena, "%s -> %s", round, stage_name(prover, leads_at_once(prover, clause)));
  }
  tr_witness witness = {
      .name = tr_arena_print(arena, "%s in one step", round),
      .day = prover->check->tree->agreements.items[way->agreement]->from_day,
      .stage = way->first_stage,
      .expects = tr_arena_print(arena, "  expect reentry of lead L1 to %s\n", first)};
  const char *why, *shown = tr_witness_show(prover->proof, prover->program, &witness, &why);
  prover->shown++;
  const tr_clause *last = clause_of(prover, way->agreement, way->clauses[way->length - 1]);
  tr_diag *diag = tr_report(
      prover->check->diags, shown ? DIAG_DOES_NOT_END : DIAG_NOT_SHOWN, last->span,
      shown ? "a lead can go round in one step: %s" : "a lead could go round in one step: %s",
      round);
  for (uint32_t i = 0; i + 1 < way->length; i++)
    tr_diag_related(diag, clause_of(prover, way->agreement, way->clauses[i])->span, "and this");
  say_shown(diag, shown, why);
}

/* Goes on from `stage`, only to stages behind the first: so each circle is found once. */
static void follow(prover *prover, way *way, uint32_t stage) {
  const tr_clauses *clauses = &prover->check->tree->agreements.items[way->agreement]->clauses;
  for (uint32_t i = 0; i < clauses->count; i++) {
    uint32_t to = leads_at_once(prover, clauses->items[i]);
    if (prover->shown >= TR_PROOF_SHOWN_MAX) return;
    if (to == UINT32_MAX || to < way->first_stage || way->seen[to] ||
        prover->dead[way->agreement][i] || !leaves(clauses->items[i], stage_name(prover, stage)))
      continue;
    way->clauses[way->length++] = i;
    if (can_go(prover, way)) {
      way->seen[to] = true;
      if (to == way->first_stage)
        say_circle(prover, way);
      else
        follow(prover, way, to);
      way->seen[to] = false;
    }
    way->length--;
  }
}

/* ---- Stages that nothing reaches ------------------------------------------------------------- */

/* Where a clause can lead: its several places, by number; NULL: to nowhere in that one. */
static const char *target(const tr_clause *clause, uint32_t place) {
  if (place == 0) return clause->to.text;
  if (place == 1) return clause->accepted_to.text;
  if (place == 2) return clause->rejected_to.text;
  if (place == 3) return clause->recycle_to.text;
  const tr_step *step = &clause->terms.steps.items[place - 4];
  return step->kind == STEP_RETURN ? step->who.text : NULL;
}

static uint32_t target_count(const tr_clause *clause) { return 4 + clause->terms.steps.count; }

static bool leaves_one_of(const prover *prover, const tr_clause *clause, const bool *stages) {
  for (uint32_t i = 0; i < clause->from.count; i++) {
    if (stages[stage_number(prover, clause->from.items[i].text)]) return true;
  }
  return false;
}

/* A stage that has another name in a newer version; of an earlier one that is not here leads come
 * for all that is known. */
static bool reach_renamed(const prover *prover, const tr_agreement *agreement, bool *reached) {
  bool more = false;
  for (uint32_t i = 0; i < agreement->stages.count; i++) {
    const tr_becomes *becomes = &agreement->stages.items[i];
    uint32_t from = stage_number(prover, becomes->from.text),
             to = stage_number(prover, becomes->to.text);
    if ((from != UINT32_MAX && !reached[from]) || reached[to]) continue;
    reached[to] = more = true;
  }
  return more;
}

/* Adds the stages to which clauses that act lead from those that are reached; false: none is new.
 */
static bool reach_more(const prover *prover, bool *reached) {
  const tr_tree *tree = prover->check->tree;
  bool more = false;
  for (uint32_t a = 0; a < tree->agreements.count; a++) {
    const tr_clauses *clauses = &tree->agreements.items[a]->clauses;
    for (uint32_t i = 0; i < clauses->count; i++) {
      const tr_clause *clause = clauses->items[i];
      if (prover->dead[a][i] || !leaves_one_of(prover, clause, reached)) continue;
      for (uint32_t k = 0; k < target_count(clause); k++) {
        uint32_t stage = stage_number(prover, target(clause, k));
        if (stage == UINT32_MAX || reached[stage]) continue;
        reached[stage] = more = true;
      }
    }
    more |= reach_renamed(prover, tree->agreements.items[a], reached);
  }
  return more;
}

static const tr_clause *some_clause_to(const prover *prover, const char *stage) {
  const tr_tree *tree = prover->check->tree;
  for (uint32_t a = 0; a < tree->agreements.count; a++) {
    const tr_clauses *clauses = &tree->agreements.items[a]->clauses;
    for (uint32_t i = 0; i < clauses->count; i++) {
      for (uint32_t k = 0; k < target_count(clauses->items[i]); k++) {
        const char *to = target(clauses->items[i], k);
        if (to && strcmp(to, stage) == 0) return clauses->items[i];
      }
    }
  }
  return NULL;
}

/* A stage to which only clauses lead that never act, or that leave stages which are not reached.
 * What no clause at all leads to is check_clause.c's. */
static void prove_reached(prover *prover) {
  const tr_stage_list *stages = &prover->check->tree->stages.items[0]->list;
  bool reached[TR_STAGES_MAX] = {true};
  while (reach_more(prover, reached)) continue;
  for (uint32_t i = 1; i < stages->count; i++) {
    const tr_name *name = &stages->items[i].name;
    const tr_clause *clause = reached[i] ? NULL : some_clause_to(prover, name->text);
    if (!clause) continue;
    tr_diag *diag = tr_report(prover->check->diags, DIAG_UNREACHED, name->span,
                              "no lead ever comes to '%s'", name->text);
    tr_diag_related(diag, clause->span, "this leads to it, but never acts");
  }
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* Whether a clause can act out of some stage that it leaves. */
static bool can_act(prover *prover, const tr_clause *clause, tr_formula *condition) {
  for (uint32_t i = 0; i < clause->from.count; i++) {
    tr_proof_begin(prover->proof);
    tr_proof_want(prover->proof, condition, CAN_BE_TRUE);
    tr_proof_at_stage(prover->proof, stage_number(prover, clause->from.items[i].text));
    if (tr_proof_search(prover->proof) != PROOF_NO) return true;
  }
  return false;
}

/* What else a clause asks while it runs. */
static void prove_terms(prover *prover, const tr_clause *clause) {
  (void)prove_condition(prover, clause->withdrawn, "the offer is never withdrawn");
  (void)prove_condition(prover, clause->terms.pauses, "the clock never stands still");
  if (clause->limit) (void)prove_condition(prover, clause->limit->when, "the clause never acts");
  if (clause->play) {
    (void)prove_condition(prover, clause->play->with, "no member is ever meant");
    (void)prove_condition(prover, clause->play->holds_while, "the play is for nobody");
  }
  if (clause->kind == CLAUSE_TELL &&
      prove_condition(prover, clause->when, "the message is never sent"))
    (void)prove_condition(prover, clause->on.where, "the message is never sent");
  if (!clause->duty) return;
  (void)prove_condition(prover, clause->duty->owed_while, "nothing is ever owed");
  (void)prove_condition(prover, clause->duty->unless, "nothing ever excuses it");
}

static void prove_clause(prover *prover, uint32_t agreement, uint32_t number) {
  const tr_clause *clause = clause_of(prover, agreement, number);
  prove_terms(prover, clause);
  if (clause->from.count == 0) return; /* it looks at no stage, and leads to none */
  if (is_offered_on(prover->check->tree->agreements.items[agreement], clause)) {
    prover->conditions[agreement][number] = formula(prover, clause->when);
    return; /* it can act whether its condition holds or not */
  }
  bool holds = prove_condition(prover, clause->when, "the clause never acts") &&
               prove_condition(prover, clause->on.where, "the clause never acts");
  tr_formula *condition = formula(prover, clause->when);
  prover->conditions[agreement][number] = condition;
  prover->dead[agreement][number] = !holds || !can_act(prover, clause, condition);
  if (!holds || !prover->dead[agreement][number]) return;
  tr_report(prover->check->diags, DIAG_NEVER_HOLDS, clause->when->span,
            "this can never hold at '%s', so the clause never acts", clause->from.items[0].text);
}

static void prove_agreement(prover *prover, uint32_t number) {
  const tr_agreement *agreement = prover->check->tree->agreements.items[number];
  const tr_stage_list *stages = &prover->check->tree->stages.items[0]->list;
  uint32_t count = agreement->clauses.count;
  prover->conditions[number] = TR_NEW_ARRAY(&prover->arena, tr_formula *, count + 1);
  prover->dead[number] = TR_NEW_ARRAY(&prover->arena, bool, count + 1);
  for (uint32_t i = 0; i < count; i++) prove_clause(prover, number, i);
  for (uint32_t i = 0; i < stages->count; i++) prove_stage(prover, number, i);
  for (uint32_t i = 0; i < stages->count; i++) {
    way way = {.agreement = number, .first_stage = i};
    follow(prover, &way, i);
  }
}

void tr_prove(tr_check *check, treaty_program *program, tr_memory *memory) {
  prover prover = {.check = check, .program = program};
  uint32_t count = check->tree->agreements.count;
  tr_arena_init(&prover.arena, memory);
  prover.proof = tr_proof_new(check, &prover.arena);
  prover.conditions = TR_NEW_ARRAY(&prover.arena, tr_formula **, count + 1);
  prover.dead = TR_NEW_ARRAY(&prover.arena, bool *, count + 1);
  prove_known(&prover);
  for (uint32_t i = 0; i < check->symbols->criteria.count; i++)
    prove_criterion(&prover, check->symbols->criteria.items[i]);
  if (count == 0) return;
  prove_agreements(&prover);
  for (uint32_t i = 0; i < count; i++) prove_agreement(&prover, i);
  prove_reached(&prover);
}
