/* beside.c - see beside.h. When what is said of facts counts is beside_facts.c's, what has to be
 * settled once beside_settled.c's, and where two say the same beside_same.c's. */
#include "engine/beside.h"

#include "engine/beside_join.h"

void tr_join_differs(tr_joining *join, tr_span here, tr_span there, const char *what,
                     const char *help) {
  tr_diag *diag = tr_report(join->beside->diags, DIAG_VERSIONS_DIFFER, here,
                            "%s than in the treaty beside it", what);
  tr_diag_related(diag, there, "the other");
  if (help) tr_diag_help(diag, "%s", help);
}

#define FIND_NAMED(list, wanted)                                                   \
  for (uint32_t i = 0; i < (list).count; i++)                                      \
    if (strcmp((list).items[i]->name.text, (wanted)) == 0) return (list).items[i]; \
  return NULL

/* ---- Types ----------------------------------------------------------------------------------- */

static bool is_listed(const tr_names *names, const char *name) {
  for (uint32_t i = 0; i < names->count; i++)
    if (strcmp(names->items[i].text, name) == 0) return true;
  return false;
}

/* Values may be added behind the others, so that none of those gets another place. */
static bool goes_on(const tr_names *longer, const tr_names *shorter) {
  for (uint32_t i = 0; i < shorter->count; i++)
    if (i >= longer->count || strcmp(longer->items[i].text, shorter->items[i].text) != 0)
      return false;
  return true;
}

static bool join_values(tr_joining *join, tr_type *into, const tr_type *type) {
  bool any_order = into->kind != TYPE_SCALE;
  if (!any_order && !goes_on(&into->values, &type->values) &&
      !goes_on(&type->values, &into->values))
    return false;
  for (uint32_t i = 0; i < type->values.count; i++) {
    if (!is_listed(&into->values, type->values.items[i].text))
      TR_PUSH(tr_join_arena(join), &into->values, type->values.items[i]);
  }
  return true;
}

/* Makes `into` the type of both; false: they do not go together. */
static bool join_types(tr_joining *join, tr_type *into, const tr_type *type) {
  if (into->kind != type->kind) return false;
  switch (into->kind) {
    case TYPE_NAMED: return strcmp(into->name.text, type->name.text) == 0;
    case TYPE_MONEY: return strcmp(into->currency, type->currency) == 0;
    case TYPE_SET:
      if (!into->of != !type->of) return false;
      if (into->of) return join_types(join, (tr_type *)into->of, type->of);
      return join_values(join, into, type);
    case TYPE_ONE_OF:
    case TYPE_SCALE: return join_values(join, into, type);
    default: return true;
  }
}

static bool is_std(tr_joining *join, tr_span span) {
  return strncmp(join->beside->diags->sources.files.items[span.file].path, "std/", 4) == 0;
}

/* Those of the standard rules have names of their own: `std.power` is not `power`. */
static tr_type_decl *find_type(tr_joining *join, const tr_type_decl *decl) {
  for (uint32_t i = 0; i < join->tree->types.count; i++) {
    tr_type_decl *there = join->tree->types.items[i];
    if (strcmp(there->name.text, decl->name.text) == 0 &&
        is_std(join, there->name.span) == is_std(join, decl->name.span))
      return there;
  }
  return NULL;
}

static void join_named_types(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->types.count; i++) {
    tr_type_decl *decl = tr_join_own(join)->types.items[i], *there = find_type(join, decl);
    if (!there)
      TR_PUSH(tr_join_arena(join), &join->tree->types, decl);
    else if (!join_types(join, there->type, decl->type))
      tr_join_differs(
          join, decl->name.span, there->name.span,
          TR_IN_WORDS(join, "type '%s' is another", decl->name.text),
          "Give the newer one another name; to a scale values are added at the end only.");
  }
}

/* ---- Fields ---------------------------------------------------------------------------------- */

static tr_field *find_field(const tr_fields *fields, const char *name) {
  for (uint32_t i = 0; i < fields->count; i++)
    if (strcmp(fields->items[i].name.text, name) == 0) return &fields->items[i];
  return NULL;
}

tr_field *tr_join_fact(const tr_tree *tree, tr_entity entity, const char *name) {
  for (uint32_t i = 0; i < tree->blocks.count; i++) {
    tr_field *field = tree->blocks.items[i]->entity == entity
                          ? find_field(&tree->blocks.items[i]->fields, name)
                          : NULL;
    if (field) return field;
  }
  return NULL;
}

static bool same_start(tr_joining *join, const tr_expr *a, const tr_expr *b) {
  if (!a || !b) return a == b;
  const tr_sources *sources = &join->beside->diags->sources;
  return strcmp(tr_source_quote(sources, tr_join_arena(join), a->span),
                tr_source_quote(sources, tr_join_arena(join), b->span)) == 0;
}

static void join_field(tr_joining *join, tr_field *there, const tr_field *field) {
  there->in_several = true;
  if (join_types(join, there->type, field->type) &&
      same_start(join, there->starting, field->starting) && strcmp(there->key, field->key) == 0)
    return;
  tr_join_differs(join, field->name.span, there->name.span,
                  TR_IN_WORDS(join, "field '%s' is another", field->name.text),
                  "Facts belong to no version: give the newer field another name.");
}

static void join_blocks(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->blocks.count; i++) {
    tr_block *block = tr_join_own(join)->blocks.items[i];
    tr_fields fresh = {0};
    for (uint32_t k = 0; k < block->fields.count; k++) {
      const tr_field *field = &block->fields.items[k];
      tr_field *there = tr_join_fact(join->tree, block->entity, field->name.text);
      if (there)
        join_field(join, there, field);
      else
        TR_PUSH(tr_join_arena(join), &fresh, *field);
    }
    block->fields = fresh;
    TR_PUSH(tr_join_arena(join), &join->tree->blocks, block);
  }
}

/* ---- Events ---------------------------------------------------------------------------------- */

static tr_event_decl *find_event(const tr_tree *tree, const char *name) {
  FIND_NAMED(tree->events, name);
}

static void join_event(tr_joining *join, tr_event_decl *there, const tr_event_decl *event) {
  bool same = strcmp(there->type, event->type) == 0 &&
              strcmp(there->by.text, event->by.text) == 0 && there->contact == event->contact &&
              is_std(join, there->name.span) == is_std(join, event->name.span);
  if (!same)
    tr_join_differs(join, event->name.span, there->name.span,
                    TR_IN_WORDS(join, "event '%s' is another", there->name.text),
                    "What an event is belongs to no version: declare a new one.");
  for (uint32_t i = 0; i < event->fields.count; i++) {
    const tr_field *field = &event->fields.items[i];
    tr_field *old = find_field(&there->fields, field->name.text);
    if (old)
      join_field(join, old, field);
    else
      TR_PUSH(tr_join_arena(join), &there->fields, *field);
  }
}

static void join_events(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->events.count; i++) {
    tr_event_decl *event = tr_join_own(join)->events.items[i],
                  *there = find_event(join->tree, event->name.text);
    if (there)
      join_event(join, there, event);
    else
      TR_PUSH(tr_join_arena(join), &join->tree->events, event);
  }
}

/* ---- Parties, stages, people ----------------------------------------------------------------- */

static tr_party *find_party(const tr_tree *tree, const char *name) {
  FIND_NAMED(tree->parties, name);
}

static void join_parties(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->parties.count; i++) {
    tr_party *party = tr_join_own(join)->parties.items[i];
    if (!find_party(join->tree, party->name.text))
      TR_PUSH(tr_join_arena(join), &join->tree->parties, party);
  }
}

tr_stage *tr_join_stage_of(const tr_stages *stages, const char *name) {
  for (uint32_t i = 0; i < stages->list.count; i++)
    if (strcmp(stages->list.items[i].name.text, name) == 0) return &stages->list.items[i];
  return NULL;
}

static void join_stage(tr_joining *join, tr_stages *stages, const tr_stage *stage) {
  tr_stage *there = tr_join_stage_of(stages, stage->name.text);
  if (!there) {
    TR_PUSH(tr_join_arena(join), &stages->list, *stage);
    return;
  }
  bool same = strcmp(there->owner.text, stage->owner.text) == 0 && there->won == stage->won &&
              there->lost == stage->lost;
  if (!same)
    tr_join_differs(join, stage->name.span, there->name.span,
                    TR_IN_WORDS(join, "stage '%s' has another owner or end", stage->name.text),
                    "Give the newer stage another name, and say 'stage OLD becomes NEW'.");
  for (uint32_t i = 0; i < stage->reasons.count; i++)
    if (!is_listed(&there->reasons, stage->reasons.items[i].text))
      TR_PUSH(tr_join_arena(join), &there->reasons, stage->reasons.items[i]);
}

static void join_stages(tr_joining *join) {
  if (tr_join_own(join)->stages.count == 0) return;
  tr_stages *stages = tr_join_own(join)->stages.items[0];
  if (join->tree->stages.count == 0) {
    TR_PUSH(tr_join_arena(join), &join->tree->stages, stages);
    return;
  }
  tr_stages *there = join->tree->stages.items[0];
  const tr_stage *first = &stages->list.items[0], *old = &there->list.items[0];
  if (strcmp(first->name.text, old->name.text) != 0)
    tr_join_differs(join, first->name.span, old->name.span, "a lead starts at another stage", NULL);
  for (uint32_t i = 0; i < stages->list.count; i++) join_stage(join, there, &stages->list.items[i]);
}

static tr_team_decl *find_team(const tr_tree *tree, const char *name) {
  FIND_NAMED(tree->teams, name);
}

static bool same_team(const tr_team_decl *a, const tr_team_decl *b) {
  return strcmp(a->party.text, b->party.text) == 0 && a->pick == b->pick &&
         a->most_open == b->most_open && a->skip_absent == b->skip_absent;
}

static void join_teams(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->teams.count; i++) {
    tr_team_decl *team = tr_join_own(join)->teams.items[i],
                 *there = find_team(join->tree, team->name.text);
    if (!there)
      TR_PUSH(tr_join_arena(join), &join->tree->teams, team);
    else if (!same_team(there, team))
      tr_join_differs(join, team->name.span, there->name.span,
                      TR_IN_WORDS(join, "team '%s' takes turns in another way", team->name.text),
                      "Give the newer team another name.");
  }
}

static tr_rep_decl *find_rep(const tr_tree *tree, const char *id) {
  for (uint32_t i = 0; i < tree->reps.count; i++)
    if (strcmp(tree->reps.items[i]->id.text, id) == 0) return tree->reps.items[i];
  return NULL;
}

static bool same_name(tr_name a, tr_name b) {
  return a.text && b.text ? strcmp(a.text, b.text) == 0 : a.text == b.text;
}

static bool same_rep(tr_joining *join, const tr_rep_decl *a, const tr_rep_decl *b) {
  bool same = same_name(a->team, b->team) && same_name(a->hours, b->hours) &&
              a->share_millionths == b->share_millionths && a->traits.count == b->traits.count;
  for (uint32_t i = 0; same && i < a->traits.count; i++)
    same = same_name(a->traits.items[i].name, b->traits.items[i].name) &&
           same_start(join, a->traits.items[i].value, b->traits.items[i].value);
  return same;
}

#define BY_EVENTS                                                                  \
  "The people are data, not part of a version: say it by the events 'rep.joined'," \
  " 'rep.absent' and 'rep.left'."

/* A file of people is read once, so it has to say the same. */
static void join_roster(tr_joining *join, const tr_use *roster) {
  const tr_tree *tree = join->tree;
  for (uint32_t i = 0; i < tree->rosters.count; i++)
    if (tr_reads_the_same(join->beside, roster, &tree->rosters.items[i])) return;
  tr_join_differs(join, roster->span,
                  tree->rosters.count ? tree->rosters.items[0].span : roster->span,
                  "this file has other people", BY_EVENTS);
}

/* Who is there from the start stays who he is; who comes and goes later is said by events. */
static void join_reps(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->rosters.count; i++)
    join_roster(join, &tr_join_own(join)->rosters.items[i]);
  for (uint32_t i = 0; i < tr_join_own(join)->reps.count; i++) {
    tr_rep_decl *rep = tr_join_own(join)->reps.items[i],
                *there = find_rep(join->tree, rep->id.text);
    if (!there)
      tr_diag_help(
          tr_report(join->beside->diags, DIAG_VERSIONS_DIFFER, rep->id.span,
                    "\"%s\" is not among the people of the treaty beside it", rep->id.text),
          "%s", BY_EVENTS);
    else if (!same_rep(join, there, rep))
      tr_join_differs(join, rep->id.span, there->id.span,
                      TR_IN_WORDS(join, "another thing is said of \"%s\"", rep->id.text),
                      BY_EVENTS);
  }
}

/* ---- What each has for itself ---------------------------------------------------------------- */

/* The part before this one that declares the same of the same; the part itself: none does. */
static uint32_t declared_in(tr_joining *join, const char *name) {
  for (uint32_t before = 0; before < join->part; before++)
    if (tr_means_the_same(join->differing[before], name)) return before;
  return join->part;
}

static bool is_own(tr_joining *join, const char *name) {
  tr_alias alias = {.name = name, .part = join->part, .declared_in = declared_in(join, name)};
  if (alias.declared_in == join->part) return true;
  TR_PUSH(tr_join_arena(join), &join->beside->aliases, alias);
  return false;
}

static void say_changed(tr_joining *join, const tr_agreement *agreement,
                        const tr_agreement *there) {
  tr_diag *diag = tr_report(join->beside->diags, DIAG_VERSION_CHANGED, agreement->name.span,
                            "version %d of \"%s\", or what it rests on, is not as in the treaty "
                            "beside it",
                            (int)agreement->version, agreement->name.text);
  tr_diag_related(diag, there->name.span, "the other");
  tr_diag_help(diag, "What is agreed stays as it is: give it the version %d.",
               (int)agreement->version + 1);
}

static const tr_agreement *find_same(const tr_tree *tree, const tr_agreement *agreement) {
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_agreement *there = tree->agreements.items[i];
    if (strcmp(there->name.text, agreement->name.text) == 0 && there->version == agreement->version)
      return there;
  }
  return NULL;
}

/* The list is made anew: the first treaty has it, too. */
static void take_out(tr_joining *join, const tr_agreement *agreement) {
  tr_tree *tree = join->tree;
  tr_agreement **items = tree->agreements.items;
  uint32_t count = tree->agreements.count;
  memset(&tree->agreements, 0, sizeof tree->agreements);
  for (uint32_t i = 0; i < count; i++)
    if (items[i] != agreement) TR_PUSH(tr_join_arena(join), &tree->agreements, items[i]);
}

/* An agreement of one number says the same wherever it stands, and is there once: where it has
 * force, if it has any. */
static bool stands_before(tr_joining *join, const tr_agreement *agreement) {
  const tr_part *parts = join->beside->parts;
  bool has_force = tr_beside_is_there(&parts[join->part], agreement), stands = false;
  for (uint32_t before = 0; before < join->part; before++) {
    const tr_agreement *there = find_same(&join->beside->trees[before], agreement);
    if (!there) continue;
    if (!tr_is_said_alike(join->differing[before], agreement->name.span, there->name.span))
      say_changed(join, agreement, there);
    if (has_force && !tr_beside_is_there(&parts[before], there))
      take_out(join, there);
    else
      stands = true;
  }
  return stands;
}

/* A treaty of which every agreement stands before has no day from which it would count. */
static void join_agreements(tr_joining *join) {
  const tr_tree *own = tr_join_own(join);
  bool is_new = own->agreements.count == 0;
  for (uint32_t i = 0; i < own->agreements.count; i++) {
    if (stands_before(join, own->agreements.items[i])) continue;
    TR_PUSH(tr_join_arena(join), &join->tree->agreements, own->agreements.items[i]);
    is_new = true;
  }
  if (is_new) return;
  const tr_agreement *first = own->agreements.items[0];
  tr_diag *diag = tr_report(join->beside->diags, DIAG_DUPLICATE, first->name.span,
                            "version %d of \"%s\" stands twice, and nothing here is newer",
                            (int)first->version, first->name.text);
  tr_diag_help(diag, "Give what has changed the next number, or take one of the two away.");
}

static void join_own(tr_joining *join) {
#define JOIN_OWN(list)                                             \
  for (uint32_t i = 0; i < tr_join_own(join)->list.count; i++)     \
    if (is_own(join, tr_join_own(join)->list.items[i]->name.text)) \
      TR_PUSH(tr_join_arena(join), &join->tree->list, tr_join_own(join)->list.items[i]);
  JOIN_OWN(contacts)
  JOIN_OWN(lists)
  JOIN_OWN(catalogues)
  JOIN_OWN(signals)
  JOIN_OWN(scores)
  JOIN_OWN(defines)
  JOIN_OWN(criteria)
  JOIN_OWN(calendars)
#undef JOIN_OWN
}

/* ---- The whole ------------------------------------------------------------------------------- */

void tr_beside_openers(tr_part *part, const tr_tree *tree) {
  if (tree->stages.count == 0 || tree->stages.items[0]->list.count == 0) return;
  part->opened_by = &tree->stages.items[0]->list.items[0].opened_by;
}

static void join_first(tr_beside *beside) {
  tr_tree *tree = beside->tree;
  tr_reach reach = beside->parts[0].reach;
  *tree = beside->trees[0];
  tree->tests.count = tree->setups.count = 0;
  for (uint32_t i = 0; i < tree->learns.count; i++) tree->learns.items[i]->reach = reach;
  for (uint32_t i = 0; i < tree->phases.count; i++) tree->phases.items[i]->reach = reach;
}

static void join_part(tr_beside *beside, uint32_t part) {
  tr_joining join = {.beside = beside, .tree = beside->tree, .part = part};
  join.differing = TR_NEW_ARRAY(beside->arena, tr_differing *, part);
  for (uint32_t i = 0; i < part; i++) join.differing[i] = tr_differing_new(beside, part, i);
  beside->tree->measure_count += beside->trees[part].measure_count;
  join_parties(&join);
  join_named_types(&join);
  join_blocks(&join);
  join_events(&join);
  join_stages(&join);
  join_teams(&join);
  join_reps(&join);
  join_own(&join);
  join_agreements(&join);
  tr_join_learns(&join);
  tr_join_phases(&join);
  tr_join_check_settled(&join);
}

/* The trees of the others are still asked for what they say when they are joined: the first one's
 * lists are not written to, only gone on with. */
void tr_beside_join(tr_beside *beside) {
  for (uint32_t i = 0; i < beside->count; i++)
    tr_beside_openers(&beside->parts[i], &beside->trees[i]);
  tr_join_bounds(beside);
  tr_join_check_stages(beside);
  join_first(beside);
  for (uint32_t i = 1; i < beside->count; i++) join_part(beside, i);
  tr_join_free_own_fields(beside);
}
