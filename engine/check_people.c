/* check_people.c - teams and their people, and the clauses that give leads to them. */
#include <stdlib.h>
#include <string.h>

#include "engine/check_clause.h"
#include "engine/limits.h"

/* ---- Teams and people ------------------------------------------------------------------------ */

static void check_rep(tr_check *check, const tr_rep_decl *rep) {
  tr_check_name(check, rep->team, SYMBOL_TEAM, SYMBOL_TEAM, "a team");
  if (rep->hours.text)
    tr_check_name(check, rep->hours, SYMBOL_CALENDAR, SYMBOL_CALENDAR, "a calendar");
}

/* By id; of one id in the order of the file. */
static int compare_reps(const void *a, const void *b) {
  const tr_rep_decl *left = *(tr_rep_decl *const *)a, *right = *(tr_rep_decl *const *)b;
  int order = strcmp(left->id.text, right->id.text);
  if (order != 0) return order;
  bool same_file = left->id.span.file == right->id.span.file;
  uint32_t l = same_file ? left->id.span.from : left->id.span.file,
           r = same_file ? right->id.span.from : right->id.span.file;
  return (l > r) - (l < r);
}

/* There may be tens of thousands: they are sorted, and each looks at the one before it. */
static void check_twice(tr_check *check) {
  uint32_t count = check->tree->reps.count, first = 0;
  if (count == 0) return;
  const tr_rep_decl **sorted = TR_NEW_ARRAY(check->arena, const tr_rep_decl *, count);
  for (uint32_t i = 0; i < count; i++) sorted[i] = check->tree->reps.items[i];
  qsort(sorted, count, sizeof *sorted, compare_reps);
  for (uint32_t i = 1; i < count; i++) {
    if (strcmp(sorted[i]->id.text, sorted[first]->id.text) != 0) {
      first = i;
      continue;
    }
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, sorted[i]->id.span,
                              "\"%s\" stands twice among the people", sorted[i]->id.text);
    tr_diag_related(diag, sorted[first]->id.span, "first here");
  }
}

void tr_check_people(tr_check *check) {
  tr_tree *tree = check->tree;
  for (uint32_t i = 0; i < tree->rosters.count; i++) {
    if (tree->rosters.items[i].read) tr_check_roster(check, tree->rosters.items[i].file);
  }
  for (uint32_t i = 0; i < tree->teams.count; i++)
    tr_check_name(check, tree->teams.items[i]->party, SYMBOL_PARTY, SYMBOL_PARTY, "a party");
  if (tree->reps.count > TR_REPS_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, tree->reps.items[TR_REPS_MAX]->id.span,
              "a treaty has %d people at most", TR_REPS_MAX);
    return;
  }
  for (uint32_t i = 0; i < tree->reps.count; i++) check_rep(check, tree->reps.items[i]);
  check_twice(check);
  tr_check_kinds(check, tree);
}

/* ---- `where` of a team: what is said of each person stands in place of its name -------------- */

typedef TR_LIST(const char *) trait_names;

typedef struct places {
  tr_check *check;
  const tr_rep_decl *rep;
  const trait_names *traits; /* that are said of anybody */
  bool reads_traits;
  bool missing; /* it asks what is not said of this person */
} places;

static const tr_trait *trait_of(const tr_rep_decl *rep, const char *name) {
  for (uint32_t i = 0; i < rep->traits.count; i++) {
    if (strcmp(rep->traits.items[i].name.text, name) == 0) return &rep->traits.items[i];
  }
  return NULL;
}

static bool is_trait(const trait_names *names, const char *name) {
  for (uint32_t i = 0; name && i < names->count; i++) {
    if (strcmp(names->items[i], name) == 0) return true;
  }
  return false;
}

/* What is said of anybody; the names are few, the people may be many. */
static void collect_traits(tr_check *check, trait_names *names) {
  for (uint32_t i = 0; i < check->tree->reps.count; i++) {
    const tr_rep_decl *rep = check->tree->reps.items[i];
    for (uint32_t k = 0; k < rep->traits.count; k++) {
      const char *name = rep->traits.items[k].name.text;
      if (!is_trait(names, name)) TR_PUSH(check->arena, names, name);
    }
  }
}

/* The value in place of the name; NULL: the name means something else, or nothing is said. */
static const tr_expr *value_of(places *places, const char *name) {
  if (!is_trait(places->traits, name)) return NULL;
  const tr_trait *trait = trait_of(places->rep, name);
  places->reads_traits = true;
  places->missing |= !trait;
  return trait ? trait->value : NULL;
}

static tr_expr *copy_of(places *places, const tr_expr *expr) {
  tr_expr *copy = TR_NEW(places->check->arena, tr_expr);
  *copy = *expr;
  return copy;
}

/* `country in territory`, `territory has country`: among the values that are listed. */
static tr_expr *among(places *places, const tr_expr *expr, tr_expr *asked, const tr_expr *values) {
  tr_expr *in = copy_of(places, expr);
  in->kind = EXPR_IN;
  in->left = asked;
  in->right = NULL;
  in->name = (tr_name){0};
  in->list = values->list;
  if (values->kind == EXPR_IN) return in;
  memset(&in->list, 0, sizeof in->list);
  TR_PUSH(places->check->arena, &in->list, copy_of(places, values));
  return in;
}

static tr_expr *put_in_place(places *places, const tr_expr *expr) {
  if (!expr) return NULL;
  const tr_expr *value = NULL;
  if (expr->kind == EXPR_NAME) {
    value = value_of(places, expr->name.text);
    return copy_of(places, value ? value : expr);
  }
  if (expr->kind == EXPR_IN_LIST && (value = value_of(places, expr->name.text)))
    return among(places, expr, put_in_place(places, expr->left), value);
  if (expr->kind == EXPR_HAS && expr->left->kind == EXPR_NAME &&
      (value = value_of(places, expr->left->name.text)))
    return among(places, expr, put_in_place(places, expr->right), value);
  tr_expr *copy = copy_of(places, expr);
  copy->left = put_in_place(places, expr->left);
  copy->right = put_in_place(places, expr->right);
  memset(&copy->list, 0, sizeof copy->list);
  for (uint32_t i = 0; i < expr->list.count; i++)
    TR_PUSH(places->check->arena, &copy->list, put_in_place(places, expr->list.items[i]));
  return copy;
}

static bool is_meant(const tr_whom *whom, const tr_rep_decl *rep) {
  const char *name = whom->kind == WHOM_TEAM ? rep->team.text : rep->id.text;
  return strcmp(name, whom->name.text) == 0;
}

static const char *party_of(const tr_check *check, tr_name team) {
  const tr_symbol *symbol = tr_symbol_find(check->symbols, team);
  return symbol && symbol->kind == SYMBOL_TEAM ? ((tr_team_decl *)symbol->decl)->party.text : NULL;
}

/* People go from team to team within their party, with what is said of them. */
static bool may_come(const tr_check *check, const tr_whom *whom, const tr_rep_decl *rep) {
  if (is_meant(whom, rep) || whom->kind != WHOM_TEAM) return is_meant(whom, rep);
  const char *own = party_of(check, rep->team), *there = party_of(check, whom->name);
  return own && there && strcmp(own, there) == 0;
}

/* false: it asks for more than is said of them. */
static bool check_where_of(tr_check *check, tr_whom *whom, const trait_names *traits,
                           const tr_rep_decl *rep) {
  tr_scope scope = {.entity = ENTITY_NONE};
  places places = {.check = check, .rep = rep, .traits = traits};
  tr_expr *where = put_in_place(&places, whom->where);
  if (places.missing) return false;
  tr_check_condition(check, &scope, where);
  whom->wheres[rep->kind] = where;
  return true;
}

/* Each kind of people is checked once; what is wrong with several of them is said once. */
static void check_where(tr_check *check, tr_whom *whom) {
  const tr_tree *tree = check->tree;
  const tr_rep_decl nobody = {.kind = tree->rep_kinds};
  uint32_t found = check->diags->found.count;
  bool *looked_at = TR_NEW_ARRAY(check->arena, bool, tree->rep_kinds + 1);
  whom->wheres = TR_NEW_ARRAY(check->arena, tr_expr *, tree->rep_kinds + 1);
  trait_names traits = {0};
  collect_traits(check, &traits);
  bool asked = check_where_of(check, whom, &traits, &nobody);
  for (uint32_t i = 0; i < tree->reps.count; i++) {
    const tr_rep_decl *rep = tree->reps.items[i];
    if (!looked_at[rep->kind] && may_come(check, whom, rep)) {
      looked_at[rep->kind] = true;
      (void)check_where_of(check, whom, &traits, rep);
    }
    asked |= whom->wheres[rep->kind] && is_meant(whom, rep);
  }
  tr_diags_drop_repeats(check->diags, found);
  if (asked) return;
  tr_report(check->diags, DIAG_NEVER_HOLDS, whom->where->span,
            "what this asks is not said of anybody in '%s'", whom->name.text);
}

/* ---- Who gets a lead ------------------------------------------------------------------------- */

static const tr_rep_decl *check_named_rep(tr_check *check, tr_name id) {
  const tr_tree *tree = check->tree;
  const char **names = TR_NEW_ARRAY(check->arena, const char *, tree->reps.count + 1);
  for (uint32_t i = 0; i < tree->reps.count; i++) {
    if (strcmp(tree->reps.items[i]->id.text, id.text) == 0) return tree->reps.items[i];
    names[i] = tree->reps.items[i]->id.text;
  }
  tr_check_unknown(check, DIAG_UNKNOWN_NAME, id, "one of the people", names, tree->reps.count);
  return NULL;
}

static void check_team_of(tr_check *check, const tr_team_decl *team, tr_span span,
                          const tr_stage *stage) {
  if (!team || !stage || strcmp(team->party.text, stage->owner.text) == 0) return;
  tr_diag *diag =
      tr_report(check->diags, DIAG_WRONG_OWNER, span, "'%s' belongs to %s, but team '%s' to %s",
                stage->name.text, stage->owner.text, team->name.text, team->party.text);
  tr_diag_related(diag, team->name.span, "declared here");
}

static const tr_team_decl *check_team(tr_check *check, tr_name name) {
  const tr_symbol *symbol = tr_check_name(check, name, SYMBOL_TEAM, SYMBOL_TEAM, "a team");
  return symbol ? symbol->decl : NULL;
}

static void check_account_rep(tr_check *check, tr_span span) {
  const tr_entity_field *field = tr_field_find(check->symbols, ENTITY_ACCOUNT, "rep");
  if (field && tr_type_is_text(field->type)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_FIELD, span,
                            "account has no field 'rep' that could name a person");
  tr_diag_help(diag, "Declare it: 'account { rep rep }', and say which event sets it.");
}

/* Somebody of the party whose lead it is: what the buyer or another party does is others' doing. */
static void check_actor(tr_check *check, const tr_whom *whom, const tr_stage *stage) {
  tr_scope scope = {.entity = ENTITY_ACCOUNT};
  const tr_symbol *symbol = tr_symbol_find(check->symbols, whom->asks->name);
  if (tr_check_expr(check, &scope, whom->asks, NULL)->kind == TYPE_ERROR || !symbol) return;
  const tr_event_decl *event = tr_check_trigger_event(check, symbol);
  if (!event || !stage || strcmp(event->by.text, stage->owner.text) == 0) return;
  bool buyers = strcmp(event->by.text, "buyer") == 0;
  if (!buyers && !tr_check_is_party(check, event->by.text)) return;
  tr_diag *diag =
      tr_report(check->diags, DIAG_WRONG_OWNER, whom->asks->name.span,
                "'%s' is what %s%s does, and '%s' belongs to %s", whom->asks->name.text,
                buyers ? "the " : "", event->by.text, stage->name.text, stage->owner.text);
  tr_diag_related(diag, event->name.span, "declared here");
}

static void check_whom(tr_check *check, tr_whom *whom, const tr_stage *stage) {
  tr_scope scope = {.entity = ENTITY_NONE};
  switch (whom->kind) {
    case WHOM_ACTOR: check_actor(check, whom, stage); return;
    case WHOM_LATEST:
    case WHOM_EARLIEST:
      if (whom->asks) tr_check_condition(check, &scope, whom->asks);
      return;
    case WHOM_TEAM: check_team_of(check, check_team(check, whom->name), whom->span, stage); break;
    case WHOM_REP: {
      const tr_rep_decl *rep = check_named_rep(check, whom->name);
      if (!rep) return;
      const tr_symbol *team = tr_symbol_find(check->symbols, rep->team);
      if (team && team->kind == SYMBOL_TEAM) check_team_of(check, team->decl, whom->span, stage);
      break;
    }
    case WHOM_ACCOUNT_REP: check_account_rep(check, whom->span); return;
    default: return;
  }
  if (whom->where) check_where(check, whom);
}

/* Somebody must be found: the last is a team, whoever is in it. */
static void check_last(tr_check *check, const tr_clause *clause) {
  const tr_whom *last = &clause->whoms.items[clause->whoms.count - 1];
  if (last->kind == WHOM_TEAM && !last->where) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, last->span,
                            "the last line must be a team, or nobody might be found");
  tr_diag_help(diag, "Add 'else TEAM' behind it.");
}

static void check_open_to(tr_check *check, const tr_clause *clause) {
  const tr_whom *first = &clause->whoms.items[0];
  if (clause->whoms.count == 1 && first->kind == WHOM_TEAM && !first->where) return;
  tr_report(check->diags, DIAG_WRONG_FORM, first->span,
            "a lead is opened to one team: the first who takes it gets it");
}

static void check_turn(tr_check *check, tr_clause *clause) {
  tr_scope scope = {.entity = ENTITY_NONE};
  switch (clause->trigger) {
    case TRIGGER_WHEN: tr_check_condition(check, &scope, clause->when); return;
    case TRIGGER_ON: tr_check_pattern(check, &clause->on); return;
    case TRIGGER_OWED: {
      if (clause->kind == CLAUSE_ASSIGN || !tr_check_is_whole(check)) return;
      tr_diag *diag = tr_report(check->diags, DIAG_MISSING, clause->span,
                                "this does not say when somebody else is to have the lead");
      tr_diag_help(diag, "Add 'when rep is absent more than …', 'on SIGNAL' or 'after …'.");
      return;
    }
    default: return;
  }
}

static void check_assigned_once(tr_check *check, const tr_agreement *agreement,
                                const tr_clause *clause, tr_name stage) {
  for (uint32_t i = 0; agreement->clauses.items[i] != clause; i++) {
    const tr_clause *other = agreement->clauses.items[i];
    if (other->kind != CLAUSE_ASSIGN) continue;
    for (uint32_t k = 0; k < other->from.count; k++) {
      if (strcmp(other->from.items[k].text, stage.text) != 0) continue;
      tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, stage.span,
                                "leads at '%s' are assigned twice", stage.text);
      tr_diag_related(diag, other->from.items[k].span, "first here");
      tr_diag_help(diag, "Join the two by 'else'.");
      return;
    }
  }
}

void tr_check_assign(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  for (uint32_t k = 0; k < clause->from.count; k++) {
    const tr_symbol *symbol = tr_symbol_find(check->symbols, clause->from.items[k]);
    const tr_stage *stage = symbol && symbol->kind == SYMBOL_STAGE ? symbol->decl : NULL;
    if (clause->kind == CLAUSE_ASSIGN)
      check_assigned_once(check, agreement, clause, clause->from.items[k]);
    for (uint32_t i = 0; i < clause->whoms.count; i++)
      check_whom(check, &clause->whoms.items[i], stage);
  }
  if (clause->kind == CLAUSE_OPEN)
    check_open_to(check, clause);
  else
    check_last(check, clause);
  check_turn(check, clause);
}

bool tr_check_is_person(tr_check *check, tr_name id) { return check_named_rep(check, id) != NULL; }
