/* check_stage.c - stages, and agreements as a whole; clauses are check_clause.c's. */
#include <string.h>

#include "engine/check.h"
#include "engine/limits.h"

static void check_opener(tr_check *check, tr_stage *stage, tr_name name) {
  const tr_symbol *symbol =
      tr_check_name(check, name, SYMBOL_SIGNAL, SYMBOL_EVENT, "a signal or event");
  (void)stage;
  if (!symbol) return;
  tr_check_use_trigger(check, symbol);
  const tr_event_decl *event = tr_check_trigger_event(check, symbol);
  const char *no_event = tr_check_no_event(check, symbol);
  if (no_event) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_WRONG_KIND, name.span, "%s of the buyer", no_event);
    tr_diag_help(diag, "Only what the buyer does opens a lead.");
  }
  bool others =
      event && (strcmp(event->by.text, "others") == 0 || tr_check_is_party(check, event->by.text));
  if (others) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_KIND, name.span,
                              "'%s' is not an event of the buyer", name.text);
    tr_diag_help(diag, "Only what the buyer does opens a lead.");
  }
}

/* Before the first that was read stands one that could not be. */
static bool is_first_lost(const tr_check *check, const tr_stages *stages) {
  tr_span first = stages->list.items[0].name.span;
  for (uint32_t i = 0; i < check->tree->lost.count; i++) {
    tr_span lost = check->tree->lost.items[i];
    if (lost.file == first.file && lost.from > stages->span.from && lost.to <= first.from)
      return true;
  }
  return false;
}

void tr_check_stages(tr_check *check) {
  const tr_tree *tree = check->tree;
  for (uint32_t i = 1; i < tree->stages.count; i++) {
    tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, tree->stages.items[i]->span,
                              "a treaty has one list of stages");
    tr_diag_related(diag, tree->stages.items[0]->span, "the first");
  }
  if (tree->stages.count == 0) return;
  tr_stage_list *list = &tree->stages.items[0]->list;
  if (list->count == 0 && !tr_check_is_whole(check)) return;
  if (list->count == 0) {
    tr_report(check->diags, DIAG_MISSING, tree->stages.items[0]->span,
              "there is no stage in 'stages'");
    return;
  }
  if (list->count > TR_STAGES_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, list->items[TR_STAGES_MAX].name.span,
              "a treaty has %d stages at most", TR_STAGES_MAX);
  }
  for (uint32_t i = 0; i < list->count; i++) {
    tr_stage *stage = &list->items[i];
    tr_check_name(check, stage->owner, SYMBOL_PARTY, SYMBOL_PARTY, "a party");
    if (stage->won && stage->lost) {
      tr_report(check->diags, DIAG_WRONG_FORM, stage->name.span,
                "a stage is won or lost, not both");
    }
    for (uint32_t k = 0; k < stage->opened_by.count; k++)
      check_opener(check, stage, stage->opened_by.items[k]);
    if (i > 0 && stage->opened_by.count > 0) {
      tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, stage->opened_by.items[0].span,
                                "only the first stage is opened by events");
      tr_diag_help(diag, "A lead starts at '%s'.", list->items[0].name.text);
    }
  }
  if (is_first_lost(check, tree->stages.items[0])) return;
  if (list->items[0].won || list->items[0].lost) {
    tr_report(check->diags, DIAG_CLOSED_STAGE, list->items[0].name.span,
              "a lead starts at the first stage, so it cannot be closed");
  }
  if (list->items[0].opened_by.count > 0) return;
  for (uint32_t i = 0; i < tree->events.count; i++) {
    if (strcmp(tree->events.items[i]->by.text, "buyer") == 0) check->event_used[i] = true;
  }
  tr_diag *diag =
      tr_report(check->diags, DIAG_NO_OPENER, list->items[0].name.span,
                "every event of a buyer opens a lead at '%s'", list->items[0].name.text);
  tr_diag_help(diag, "Say which do: '%s owned by %s, opened by (…)'.", list->items[0].name.text,
               list->items[0].owner.text);
}

/* ---- Agreements ------------------------------------------------------------------------------ */

static void check_signatures(tr_check *check, const tr_agreement *agreement) {
  for (uint32_t i = 0; i < agreement->parties.count; i++) {
    tr_check_name(check, agreement->parties.items[i], SYMBOL_PARTY, SYMBOL_PARTY, "a party");
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(agreement->parties.items[k].text, agreement->parties.items[i].text) != 0) continue;
      tr_report(check->diags, DIAG_DUPLICATE, agreement->parties.items[i].span,
                "'%s' stands twice among the parties", agreement->parties.items[i].text);
    }
  }
  for (uint32_t i = 0; i < agreement->signatures.count; i++) {
    const tr_signature *signature = &agreement->signatures.items[i];
    bool bound = false;
    for (uint32_t k = 0; k < agreement->parties.count; k++) {
      bound |= strcmp(agreement->parties.items[k].text, signature->party.text) == 0;
    }
    if (!bound) {
      tr_report(check->diags, DIAG_PARTY_NOT_BOUND, signature->party.span,
                "'%s' signs an agreement that is not with it", signature->party.text);
    }
  }
}

static const tr_stage *check_open_stage(tr_check *check, tr_name name, const char *so) {
  const tr_symbol *symbol = tr_check_name(check, name, SYMBOL_STAGE, SYMBOL_STAGE, "a stage");
  const tr_stage *stage = symbol ? symbol->decl : NULL;
  if (!stage || (!stage->won && !stage->lost)) return stage;
  tr_diag *diag = tr_report(check->diags, DIAG_CLOSED_STAGE, name.span, "'%s' closes the lead, %s",
                            name.text, so);
  tr_diag_related(diag, stage->name.span, "declared here");
  return NULL;
}

static bool has_earlier(const tr_tree *tree, const tr_agreement *agreement) {
  bool earlier = false;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_agreement *other = tree->agreements.items[i];
    earlier |=
        strcmp(other->name.text, agreement->name.text) == 0 && other->version < agreement->version;
  }
  return earlier;
}

/* A lead that an earlier version has left at a stage goes on at another. Of a version that is
 * looked at by itself, the earlier one has that stage, in a file of its own. */
static void check_becomes(tr_check *check, const tr_agreement *agreement) {
  bool earlier = has_earlier(check->tree, agreement),
       elsewhere = !earlier && agreement->version > 1 && check->symbols->part_count == 1;
  for (uint32_t i = 0; i < agreement->stages.count; i++) {
    const tr_becomes *becomes = &agreement->stages.items[i];
    bool is_there = !elsewhere || tr_symbol_find(check->symbols, becomes->from);
    const tr_stage *from =
                       is_there ? check_open_stage(check, becomes->from, "so none is there") : NULL,
                   *to = check_open_stage(check, becomes->to, "and a new version closes none");
    if (from && from == to)
      tr_report(check->diags, DIAG_WRONG_FORM, becomes->span, "'%s' becomes itself",
                from->name.text);
    if (!earlier && !elsewhere && tr_check_is_whole(check))
      tr_report(check->diags, DIAG_MISSING, becomes->span,
                "there is no earlier version of \"%s\" whose leads could be there",
                agreement->name.text);
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(agreement->stages.items[k].from.text, becomes->from.text) != 0) continue;
      tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, becomes->span,
                                "'%s' becomes two stages", becomes->from.text);
      tr_diag_related(diag, agreement->stages.items[k].span, "first here");
    }
  }
}

/* Which agreement governs must not change with every visit: only facts of account and lead decide
 * it. */
static void check_facts_only(tr_check *check, const tr_expr *expr) {
  bool computed =
      expr->ref_kind == REF_SCORE || expr->ref_kind == REF_DEFINE ||
      expr->ref_kind == REF_CRITERION || expr->ref_kind == REF_SIGNAL ||
      expr->ref_kind == REF_EVENT || expr->kind == EXPR_AGE || expr->ref_kind == REF_STAGE ||
      expr->ref_kind == REF_OWNER || expr->ref_kind == REF_OPENED_AT || expr->ref_kind == REF_REP ||
      expr->kind == EXPR_DAYS_UNTIL || expr->kind == EXPR_DAYS_SINCE ||
      expr->kind == EXPR_ANY_HAS || expr->kind == EXPR_EVERY_HAS || expr->kind == EXPR_COUNT_WITH ||
      expr->kind == EXPR_SUM_OF || expr->kind == EXPR_MAX_OF || expr->kind == EXPR_MIN_OF;
  if (computed) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_SCOPE, expr->span,
                              "'applies when' asks only the fields of account and lead");
    tr_diag_help(diag, "Which agreement governs a lead must not change with its score.");
    return;
  }
  if (expr->left) check_facts_only(check, expr->left);
  if (expr->right) check_facts_only(check, expr->right);
  for (uint32_t i = 0; i < expr->list.count; i++) check_facts_only(check, expr->list.items[i]);
}

static void check_applies(tr_check *check, tr_agreement *agreement) {
  if (agreement->applies) {
    tr_scope scope = {.entity = ENTITY_NONE};
    tr_check_condition(check, &scope, agreement->applies);
    check_facts_only(check, agreement->applies);
    return;
  }
  if (agreement->otherwise || !tr_check_is_whole(check)) return;
  tr_diag *diag =
      tr_report(check->diags, DIAG_MISSING, agreement->name.span,
                "agreement \"%s\" does not say to which leads it applies", agreement->name.text);
  tr_diag_help(diag, "Write 'applies when …' first in it, or 'applies otherwise'.");
}

static bool asks_a_condition(const tr_agreement *agreement) {
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    const tr_clause *clause = agreement->clauses.items[i];
    bool leads_on = clause->kind == CLAUSE_PROMOTE || clause->kind == CLAUSE_MOVE ||
                    clause->kind == CLAUSE_HAND;
    if (leads_on && clause->when) return true;
  }
  return false;
}

static void check_ask(tr_check *check, const tr_agreement *agreement) {
  if (agreement->ask_span.to == agreement->ask_span.from) return;
  if (agreement->ask_after_ms < 1)
    tr_report(check->diags, DIAG_OUT_OF_RANGE, agreement->ask_span,
              "a question waits a millisecond at least");
  if (asks_a_condition(agreement) || !tr_check_is_whole(check)) return;
  tr_diag *diag =
      tr_report(check->diags, DIAG_MISSING, agreement->ask_span,
                "no clause of \"%s\" that leads a lead on has a condition, so none waits "
                "for what nobody knows",
                agreement->name.text);
  tr_diag_help(diag, "Take the line out, or give a 'promote', 'move' or 'hand' its 'when'.");
}

static bool overlap(const tr_agreement *a, const tr_agreement *b) {
  return a->from_day <= b->to_day && b->from_day <= a->to_day;
}

/* Two of different names that both take what no other takes, in force on one day. */
static void check_against(tr_check *check, const tr_agreement *a, const tr_agreement *b) {
  if (strcmp(a->name.text, b->name.text) == 0) {
    if (a->version != b->version) return;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, a->name.span,
                              "version %d of \"%s\" stands twice", (int)a->version, a->name.text);
    tr_diag_related(diag, b->name.span, "first here");
    return;
  }
  if (a->in_shadow || b->in_shadow) return; /* nobody is governed by it */
  if (!a->otherwise || !b->otherwise || !overlap(a, b)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_TWO_CAN_APPLY, a->applies_span,
                            "two agreements apply to all other leads at the same time");
  tr_diag_related(diag, b->applies_span, "the other, \"%s\"", b->name.text);
}

void tr_check_agreements(tr_check *check) {
  const tr_tree *tree = check->tree;
  tr_check_calendars(check);
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    tr_agreement *agreement = tree->agreements.items[i];
    if (!agreement->has_force && !agreement->in_shadow && tr_check_is_whole(check)) {
      tr_diag *diag =
          tr_report(check->diags, DIAG_MISSING, agreement->name.span,
                    "agreement \"%s\" does not say from when it is in force", agreement->name.text);
      tr_diag_help(diag, "Write 'in force from 2026-11-01' behind its parties.");
    }
    check_signatures(check, agreement);
    check_becomes(check, agreement);
    check_applies(check, agreement);
    check_ask(check, agreement);
    for (uint32_t k = 0; k < i; k++) check_against(check, agreement, tree->agreements.items[k]);
    if (tree->stages.count == 0 && !tr_check_is_whole(check)) return;
    if (tree->stages.count == 0) {
      tr_report(check->diags, DIAG_MISSING, agreement->name.span, "an agreement needs 'stages'");
      return;
    }
    check->agreement = agreement;
    tr_check_clauses(check, agreement);
  }
}
