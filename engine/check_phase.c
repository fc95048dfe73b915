/* check_phase.c - phases of the buyer: one order, and evidence that only the buyer can give.
 *
 * A file may name the phases and leave open by what they are entered, as std/buying_center does;
 * the home file then says it in a block of its own. */
#include <string.h>

#include "engine/check.h"
#include "engine/limits.h"

/* ---- Names ----------------------------------------------------------------------------------- */

static bool has_evidence(const tr_phase *phase) { return phase->on.count > 0 || phase->when; }

static bool asks_only(const tr_phases *phases) {
  for (uint32_t i = 0; i < phases->list.count; i++) {
    if (has_evidence(&phases->list.items[i])) return false;
  }
  return true;
}

static bool stands_in(const tr_check *check, const tr_phases *phases, uint32_t part) {
  return tr_part_of(check->symbols, phases->span) == part;
}

/* The block that says which phases there are: one that leaves the evidence open, else the first. */
static tr_phases *find_frame(const tr_check *check, uint32_t part) {
  tr_phases *first = NULL;
  for (uint32_t i = 0; i < check->tree->phases.count; i++) {
    tr_phases *phases = check->tree->phases.items[i];
    if (!stands_in(check, phases, part)) continue;
    if (asks_only(phases)) return phases;
    if (!first) first = phases;
  }
  return first;
}

static tr_phase *find_phase(tr_phases *phases, const char *name) {
  for (uint32_t i = 0; i < phases->list.count; i++) {
    if (strcmp(phases->list.items[i].name.text, name) == 0) return &phases->list.items[i];
  }
  return NULL;
}

static void join_phase(tr_check *check, tr_phases *frame, const tr_phase *answer) {
  tr_phase *there = find_phase(frame, answer->name.text);
  if (!there) {
    const tr_names *names = &check->symbols->phase_type->values;
    const char **candidates = TR_NEW_ARRAY(check->arena, const char *, names->count + 1);
    for (uint32_t i = 0; i < names->count; i++) candidates[i] = names->items[i].text;
    tr_check_unknown(check, DIAG_UNKNOWN_NAME, answer->name, "a phase of this treaty", candidates,
                     names->count);
    return;
  }
  if (!has_evidence(answer)) return;
  if (has_evidence(there)) {
    tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, answer->name.span,
                              "by what '%s' is entered is said twice", answer->name.text);
    tr_diag_related(diag, there->span, "first here");
    return;
  }
  there->on = answer->on;
  there->when = answer->when;
  there->span = answer->span;
}

/* `phase` is the type of a phase: a treaty's own would not be told from it. */
static void refuse_own_type(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->types.count; i++) {
    const tr_type_decl *decl = check->tree->types.items[i];
    if (strcmp(decl->name.text, "phase") != 0 || tr_check_is_std(check, decl->name.span)) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, decl->name.span,
                              "the type 'phase' is that of the phases");
    tr_diag_help(diag, "Give your type another name.");
  }
}

/* Of treaties side by side: a lead has one phase, whoever governs it. */
static void check_same_phases(tr_check *check, const tr_phases *frame) {
  const tr_names *names = &check->symbols->phase_type->values;
  bool same = frame->list.count == names->count;
  for (uint32_t i = 0; same && i < names->count; i++)
    same = strcmp(frame->list.items[i].name.text, names->items[i].text) == 0;
  if (same) return;
  tr_diag *diag = tr_report(check->diags, DIAG_VERSIONS_DIFFER, frame->span,
                            "the phases are others than in the treaty beside it");
  tr_diag_related(diag, check->symbols->phases->span, "the other");
  tr_diag_help(diag, "The phases are the buyer's; by what they are entered may differ.");
}

static void gather_frame(tr_check *check, tr_phases *frame) {
  tr_type *type = TR_NEW(check->arena, tr_type);
  *type = (tr_type){.kind = TYPE_SCALE, .span = frame->span, .known_as = "phase"};
  for (uint32_t i = 0; i < frame->list.count; i++) {
    tr_phase *phase = &frame->list.items[i];
    tr_check_declare(check, phase->name, SYMBOL_PHASE, i, phase);
    TR_PUSH(check->arena, &type->values, phase->name);
  }
  check->symbols->phases = frame;
  check->symbols->phase_type = type;
  refuse_own_type(check);
}

void tr_check_gather_phases(tr_check *check) {
  for (uint32_t part = 0; part < check->symbols->part_count; part++) {
    tr_phases *frame = check->symbols->parts[part].phases = find_frame(check, part);
    if (frame && check->symbols->phases)
      check_same_phases(check, frame);
    else if (frame)
      gather_frame(check, frame);
  }
}

void tr_check_no_phases(tr_check *check, tr_span asked) {
  if (tr_check_may_be_lost(check, "phases")) return;
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, asked, "this treaty has no phases");
  tr_diag_help(diag, "Declare them: 'phases of lead { awareness  evaluation entered on … }'.");
}

/* ---- Evidence -------------------------------------------------------------------------------- */

/* Looking for what else than the buyer a phase would rest on. What has been looked at once is not
 * looked at again, for definitions may lead to one place by very many ways. */
typedef struct look {
  tr_check *check;
  tr_span span; /* where a definition, score or criterion is named; to 0: in none of them */
  bool *defines, *scores, *criteria, *signals;
} look;

#define HELP "Only what the buyer does is evidence of a phase: nobody else can hasten it."

static bool seen(bool *flag) {
  bool before = *flag;
  *flag = true;
  return before;
}

static tr_span place(const look *look, tr_span span) { return look->span.to ? look->span : span; }

static void not_the_buyers(const look *look, tr_span span, const char *what) {
  tr_diag *diag = tr_report(look->check->diags, DIAG_NOT_BUYERS, place(look, span), "%s", what);
  tr_diag_help(diag, HELP);
}

/* Who else than the buyer can cause this event or signal: "sales"; NULL: nobody. */
static const char *other_cause(look *look, const tr_symbol *symbol) {
  if (!symbol) return NULL;
  if (symbol->kind == SYMBOL_EVENT) {
    const tr_event_decl *event = symbol->decl;
    return tr_check_is_buyers(event) ? NULL : event->by.text;
  }
  const tr_signal *signal = symbol->kind == SYMBOL_SIGNAL ? symbol->decl : NULL;
  if (!signal || seen(&look->signals[symbol->index])) return NULL;
  if (signal->kind == SIGNAL_OVER_LIMIT) return "what the parties do";
  if (signal->kind != SIGNAL_EVENTS) return "the passing of time";
  for (uint32_t i = 0; i < signal->patterns.count; i++) {
    const tr_pattern *pattern = &signal->patterns.items[i];
    if (pattern->any_buyer) continue;
    const char *cause = other_cause(look, tr_symbol_find(look->check->symbols, pattern->event));
    if (cause) return cause;
  }
  return NULL;
}

static void check_cause(look *look, tr_name name) {
  const char *cause = other_cause(look, tr_symbol_find(look->check->symbols, name));
  if (!cause) return;
  not_the_buyers(look, name.span,
                 tr_arena_print(look->check->arena, "'%s' is no evidence: it can come from %s",
                                name.text, cause));
}

/* Where somebody else than the buyer teaches the field; NULL: nowhere. */
static const tr_action *taught_by_others(look *look, const char *field, const char **cause) {
  const tr_tree *tree = look->check->tree;
  for (uint32_t i = 0; i < tree->learns.count; i++) {
    const tr_learn *learn = tree->learns.items[i];
    for (uint32_t k = 0; k < learn->actions.count; k++) {
      if (strcmp(learn->actions.items[k].target.text, field) != 0) continue;
      *cause = other_cause(look, tr_symbol_find(look->check->symbols, learn->pattern.event));
      if (*cause) return &learn->actions.items[k];
    }
  }
  return NULL;
}

static void check_fact(look *look, const tr_expr *expr) {
  tr_check *check = look->check;
  const tr_entity_field *field = &check->symbols->fields[expr->entity].items[expr->index];
  const char *name = tr_arena_print(check->arena, "%s.%s", tr_entity_names[expr->entity],
                                    field->field->name.text),
             *cause;
  const tr_action *action = taught_by_others(look, name, &cause);
  if (!action) return;
  tr_diag *diag = tr_report(check->diags, DIAG_NOT_BUYERS, place(look, expr->span),
                            "'%s' is no evidence: it can come from %s", name, cause);
  tr_diag_related(diag, action->span, "here it does");
  tr_diag_help(diag, HELP);
}

static void check_reads(look *look, const tr_expr *expr);

/* From here on findings are said where the whole was named. */
static look inside(const look *outer, const tr_expr *name) {
  look inner = *outer;
  inner.span = place(outer, name->span);
  return inner;
}

static void check_score(look *look, const tr_score *score) {
  check_reads(look, score->counts_while);
  check_reads(look, score->frozen_while);
  for (uint32_t i = 0; i < score->points.count; i++) {
    const tr_points *points = &score->points.items[i];
    if (points->on.text) check_cause(look, points->on);
    check_reads(look, points->when);
    check_reads(look, points->add);
  }
}

static void check_criterion(look *look, const tr_criterion *criterion) {
  check_reads(look, criterion->met);
  check_reads(look, criterion->unmet);
}

static void check_named(look *outer, const tr_expr *expr) {
  const tr_symbols *symbols = outer->check->symbols;
  look look = inside(outer, expr);
  switch ((tr_ref_kind)expr->ref_kind) {
    case REF_FIELD: check_fact(outer, expr); return;
    case REF_SCORE:
      if (!seen(&look.scores[expr->index]))
        check_score(&look, look.check->tree->scores.items[expr->index]);
      return;
    case REF_DEFINE:
      if (!seen(&look.defines[expr->index]))
        check_reads(&look, symbols->defines.items[expr->index]->value);
      return;
    case REF_CRITERION:
      if (!seen(&look.criteria[expr->index]))
        check_criterion(&look, symbols->criteria.items[expr->index]);
      return;
    case REF_PHASE:
      tr_report(look.check->diags, DIAG_DEFINED_BY_ITSELF, look.span,
                "the phase that a lead is in is no evidence of another");
      return;
    case REF_STAGE:
    case REF_OWNER:
    case REF_REP:
    case REF_WON:
    case REF_KEPT:
      not_the_buyers(outer, expr->span, "where a lead stands is no evidence: the parties move it");
      return;
    default: return;
  }
}

/* Everything that a condition rests on, through definitions, scores and criteria. */
static void check_reads(look *look, const tr_expr *expr) {
  if (!expr) return;
  switch (expr->kind) {
    case EXPR_NAME: check_named(look, expr); return;
    case EXPR_COUNT:
    case EXPR_NO:
    case EXPR_SUM_IN:
    case EXPR_MAX_IN:
    case EXPR_MIN_IN:
    case EXPR_COUNT_DAYS:
    case EXPR_ACTOR:
    case EXPR_TIME_SINCE: check_cause(look, expr->name); return;
    case EXPR_TIMES_ENTERED:
    case EXPR_DATE_ENTERED:
    case EXPR_TIME_IN_STAGE:
    case EXPR_PREVIOUS_REASON:
      not_the_buyers(look, expr->span, "where a lead has been is no evidence: the parties move it");
      return;
    default: break;
  }
  check_reads(look, expr->left);
  check_reads(look, expr->right);
  for (uint32_t i = 0; i < expr->list.count; i++) check_reads(look, expr->list.items[i]);
  for (uint32_t i = 0; expr->table && i < expr->table->columns.count; i++)
    check_reads(look, expr->table->columns.items[i]);
}

static look look_at(tr_check *check) {
  return (look){.check = check,
                .defines = TR_NEW_ARRAY(check->arena, bool, check->symbols->defines.count + 1),
                .scores = TR_NEW_ARRAY(check->arena, bool, check->tree->scores.count + 1),
                .criteria = TR_NEW_ARRAY(check->arena, bool, check->symbols->criteria.count + 1),
                .signals = TR_NEW_ARRAY(check->arena, bool, check->tree->signals.count + 1)};
}

static void check_evidence(tr_check *check, tr_phase *phase) {
  tr_scope scope = {.entity = ENTITY_NONE};
  look look = look_at(check);
  for (uint32_t i = 0; i < phase->on.count; i++) {
    const tr_symbol *symbol =
        tr_check_name(check, phase->on.items[i], SYMBOL_SIGNAL, SYMBOL_EVENT, "a signal or event");
    tr_check_use_trigger(check, symbol);
    if (symbol) check_cause(&look, phase->on.items[i]);
  }
  if (!phase->when) return;
  tr_check_condition(check, &scope, phase->when);
  if (phase->when->type->kind != TYPE_ERROR) check_reads(&look, phase->when);
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* Behind the last phase with evidence none is ever reached; of a frame in std that is as it may. */
static void warn_unreached(tr_check *check, tr_phases *phases) {
  uint32_t last = phases->list.count - 1;
  while (last > 0 && !has_evidence(&phases->list.items[last])) last--;
  for (uint32_t i = last + 1; i < phases->list.count; i++) {
    tr_name name = phases->list.items[i].name;
    if (tr_check_is_std(check, name.span)) return;
    tr_report(check->diags, DIAG_UNREACHED, name.span, "no evidence leads to '%s'", name.text);
  }
}

static void check_answered(tr_check *check, tr_phases *phases) {
  if (!asks_only(phases) || !tr_check_is_whole(check) || !check->symbols->phase_asked.to) return;
  tr_diag *diag = tr_report(check->diags, DIAG_NOT_DECIDED, check->symbols->phase_asked,
                            "the phase is asked for, and nothing says by what one is entered");
  tr_diag_related(diag, phases->span, "the phases");
  tr_diag_help(diag, "Write 'phases of lead { %s entered on … }' in your file.",
               phases->list.items[phases->list.count - 1].name.text);
}

static void check_frame(tr_check *check, uint32_t part) {
  tr_phases *phases = check->symbols->parts[part].phases;
  if (!phases) return;
  if (phases->list.count == 0) {
    if (tr_check_is_whole(check))
      tr_report(check->diags, DIAG_MISSING, phases->span, "there is no phase in 'phases'");
    return;
  }
  if (phases->list.count > TR_PHASES_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, phases->list.items[TR_PHASES_MAX].name.span,
              "a treaty has %d phases at most", TR_PHASES_MAX);
  }
  for (uint32_t i = 0; i < check->tree->phases.count; i++) {
    tr_phases *answers = check->tree->phases.items[i];
    if (!stands_in(check, answers, part)) continue;
    for (uint32_t k = 0; answers != phases && k < answers->list.count; k++)
      join_phase(check, phases, &answers->list.items[k]);
  }
  for (uint32_t i = 0; i < phases->list.count; i++) check_evidence(check, &phases->list.items[i]);
}

void tr_check_phases(tr_check *check) {
  for (uint32_t part = 0; part < check->symbols->part_count; part++) check_frame(check, part);
}

void tr_check_phases_answered(tr_check *check) {
  tr_phases *phases = check->symbols->phases;
  if (!phases || phases->list.count == 0) return;
  check_answered(check, phases);
  if (!asks_only(phases)) warn_unreached(check, phases);
}
