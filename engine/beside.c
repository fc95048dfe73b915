/* beside.c - see beside.h. */
#include "engine/beside.h"

#include <string.h>

#include "engine/zone.h"

typedef struct joining {
  tr_beside *beside;
  tr_tree *tree;            /* the whole */
  uint32_t part;            /* whose declarations are being added */
  tr_differing **differing; /* from each part before it */
} joining;

static tr_arena *arena_of(joining *join) { return join->beside->arena; }

static tr_tree *own(joining *join) { return &join->beside->trees[join->part]; }

/* ---- What has to be the same ----------------------------------------------------------------- */

static void say_differs(joining *join, tr_span here, tr_span there, const char *what,
                        const char *help) {
  tr_diag *diag = tr_report(join->beside->diags, DIAG_VERSIONS_DIFFER, here,
                            "%s than in the treaty beside it", what);
  tr_diag_related(diag, there, "the other");
  if (help) tr_diag_help(diag, "%s", help);
}

#define IN_WORDS(join, format, name) tr_arena_print(arena_of(join), format, name)

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

static bool join_values(joining *join, tr_type *into, const tr_type *type) {
  bool any_order = into->kind != TYPE_SCALE;
  if (!any_order && !goes_on(&into->values, &type->values) &&
      !goes_on(&type->values, &into->values))
    return false;
  for (uint32_t i = 0; i < type->values.count; i++) {
    if (!is_listed(&into->values, type->values.items[i].text))
      TR_PUSH(arena_of(join), &into->values, type->values.items[i]);
  }
  return true;
}

/* Makes `into` the type of both; false: they do not go together. */
static bool join_types(joining *join, tr_type *into, const tr_type *type) {
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

static bool is_std(joining *join, tr_span span) {
  return strncmp(join->beside->diags->sources.files.items[span.file].path, "std/", 4) == 0;
}

/* Those of the standard rules have names of their own: `std.power` is not `power`. */
static tr_type_decl *find_type(joining *join, const tr_type_decl *decl) {
  for (uint32_t i = 0; i < join->tree->types.count; i++) {
    tr_type_decl *there = join->tree->types.items[i];
    if (strcmp(there->name.text, decl->name.text) == 0 &&
        is_std(join, there->name.span) == is_std(join, decl->name.span))
      return there;
  }
  return NULL;
}

static void join_named_types(joining *join) {
  for (uint32_t i = 0; i < own(join)->types.count; i++) {
    tr_type_decl *decl = own(join)->types.items[i], *there = find_type(join, decl);
    if (!there)
      TR_PUSH(arena_of(join), &join->tree->types, decl);
    else if (!join_types(join, there->type, decl->type))
      say_differs(join, decl->name.span, there->name.span,
                  IN_WORDS(join, "type '%s' is another", decl->name.text),
                  "Give the newer one another name; to a scale values are added at the end only.");
  }
}

/* ---- Fields ---------------------------------------------------------------------------------- */

static tr_field *find_field(const tr_fields *fields, const char *name) {
  for (uint32_t i = 0; i < fields->count; i++)
    if (strcmp(fields->items[i].name.text, name) == 0) return &fields->items[i];
  return NULL;
}

static tr_field *find_fact(const tr_tree *tree, tr_entity entity, const char *name) {
  for (uint32_t i = 0; i < tree->blocks.count; i++) {
    tr_field *field = tree->blocks.items[i]->entity == entity
                          ? find_field(&tree->blocks.items[i]->fields, name)
                          : NULL;
    if (field) return field;
  }
  return NULL;
}

static bool same_start(joining *join, const tr_expr *a, const tr_expr *b) {
  if (!a || !b) return a == b;
  const tr_sources *sources = &join->beside->diags->sources;
  return strcmp(tr_source_quote(sources, arena_of(join), a->span),
                tr_source_quote(sources, arena_of(join), b->span)) == 0;
}

static void join_field(joining *join, tr_field *there, const tr_field *field) {
  there->in_several = true;
  if (join_types(join, there->type, field->type) &&
      same_start(join, there->starting, field->starting) && strcmp(there->key, field->key) == 0)
    return;
  say_differs(join, field->name.span, there->name.span,
              IN_WORDS(join, "field '%s' is another", field->name.text),
              "Facts belong to no version: give the newer field another name.");
}

static void join_blocks(joining *join) {
  for (uint32_t i = 0; i < own(join)->blocks.count; i++) {
    tr_block *block = own(join)->blocks.items[i];
    tr_fields fresh = {0};
    for (uint32_t k = 0; k < block->fields.count; k++) {
      const tr_field *field = &block->fields.items[k];
      tr_field *there = find_fact(join->tree, block->entity, field->name.text);
      if (there)
        join_field(join, there, field);
      else
        TR_PUSH(arena_of(join), &fresh, *field);
    }
    block->fields = fresh;
    TR_PUSH(arena_of(join), &join->tree->blocks, block);
  }
}

/* ---- Events ---------------------------------------------------------------------------------- */

static tr_event_decl *find_event(const tr_tree *tree, const char *name) {
  FIND_NAMED(tree->events, name);
}

static void join_event(joining *join, tr_event_decl *there, const tr_event_decl *event) {
  bool same = strcmp(there->type, event->type) == 0 &&
              strcmp(there->by.text, event->by.text) == 0 && there->contact == event->contact &&
              is_std(join, there->name.span) == is_std(join, event->name.span);
  if (!same)
    say_differs(join, event->name.span, there->name.span,
                IN_WORDS(join, "event '%s' is another", there->name.text),
                "What an event is belongs to no version: declare a new one.");
  for (uint32_t i = 0; i < event->fields.count; i++) {
    const tr_field *field = &event->fields.items[i];
    tr_field *old = find_field(&there->fields, field->name.text);
    if (old)
      join_field(join, old, field);
    else
      TR_PUSH(arena_of(join), &there->fields, *field);
  }
}

static void join_events(joining *join) {
  for (uint32_t i = 0; i < own(join)->events.count; i++) {
    tr_event_decl *event = own(join)->events.items[i],
                  *there = find_event(join->tree, event->name.text);
    if (there)
      join_event(join, there, event);
    else
      TR_PUSH(arena_of(join), &join->tree->events, event);
  }
}

/* ---- Parties, stages, people ----------------------------------------------------------------- */

static tr_party *find_party(const tr_tree *tree, const char *name) {
  FIND_NAMED(tree->parties, name);
}

static void join_parties(joining *join) {
  for (uint32_t i = 0; i < own(join)->parties.count; i++) {
    tr_party *party = own(join)->parties.items[i];
    if (!find_party(join->tree, party->name.text))
      TR_PUSH(arena_of(join), &join->tree->parties, party);
  }
}

static tr_stage *find_stage(const tr_stages *stages, const char *name) {
  for (uint32_t i = 0; i < stages->list.count; i++)
    if (strcmp(stages->list.items[i].name.text, name) == 0) return &stages->list.items[i];
  return NULL;
}

static void join_stage(joining *join, tr_stages *stages, const tr_stage *stage) {
  tr_stage *there = find_stage(stages, stage->name.text);
  if (!there) {
    TR_PUSH(arena_of(join), &stages->list, *stage);
    return;
  }
  bool same = strcmp(there->owner.text, stage->owner.text) == 0 && there->won == stage->won &&
              there->lost == stage->lost;
  if (!same)
    say_differs(join, stage->name.span, there->name.span,
                IN_WORDS(join, "stage '%s' has another owner or end", stage->name.text),
                "Give the newer stage another name, and say 'stage OLD becomes NEW'.");
  for (uint32_t i = 0; i < stage->reasons.count; i++)
    if (!is_listed(&there->reasons, stage->reasons.items[i].text))
      TR_PUSH(arena_of(join), &there->reasons, stage->reasons.items[i]);
}

static void join_stages(joining *join) {
  if (own(join)->stages.count == 0) return;
  tr_stages *stages = own(join)->stages.items[0];
  if (join->tree->stages.count == 0) {
    TR_PUSH(arena_of(join), &join->tree->stages, stages);
    return;
  }
  tr_stages *there = join->tree->stages.items[0];
  const tr_stage *first = &stages->list.items[0], *old = &there->list.items[0];
  if (strcmp(first->name.text, old->name.text) != 0)
    say_differs(join, first->name.span, old->name.span, "a lead starts at another stage", NULL);
  for (uint32_t i = 0; i < stages->list.count; i++) join_stage(join, there, &stages->list.items[i]);
}

static tr_team_decl *find_team(const tr_tree *tree, const char *name) {
  FIND_NAMED(tree->teams, name);
}

static bool same_team(const tr_team_decl *a, const tr_team_decl *b) {
  return strcmp(a->party.text, b->party.text) == 0 && a->pick == b->pick &&
         a->most_open == b->most_open && a->skip_absent == b->skip_absent;
}

static void join_teams(joining *join) {
  for (uint32_t i = 0; i < own(join)->teams.count; i++) {
    tr_team_decl *team = own(join)->teams.items[i], *there = find_team(join->tree, team->name.text);
    if (!there)
      TR_PUSH(arena_of(join), &join->tree->teams, team);
    else if (!same_team(there, team))
      say_differs(join, team->name.span, there->name.span,
                  IN_WORDS(join, "team '%s' takes turns in another way", team->name.text),
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

static bool same_rep(joining *join, const tr_rep_decl *a, const tr_rep_decl *b) {
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
static void join_roster(joining *join, const tr_use *roster) {
  const tr_tree *tree = join->tree;
  for (uint32_t i = 0; i < tree->rosters.count; i++)
    if (tr_reads_the_same(join->beside, roster, &tree->rosters.items[i])) return;
  say_differs(join, roster->span, tree->rosters.count ? tree->rosters.items[0].span : roster->span,
              "this file has other people", BY_EVENTS);
}

/* Who is there from the start stays who he is; who comes and goes later is said by events. */
static void join_reps(joining *join) {
  for (uint32_t i = 0; i < own(join)->rosters.count; i++)
    join_roster(join, &own(join)->rosters.items[i]);
  for (uint32_t i = 0; i < own(join)->reps.count; i++) {
    tr_rep_decl *rep = own(join)->reps.items[i], *there = find_rep(join->tree, rep->id.text);
    if (!there)
      tr_diag_help(
          tr_report(join->beside->diags, DIAG_VERSIONS_DIFFER, rep->id.span,
                    "\"%s\" is not among the people of the treaty beside it", rep->id.text),
          "%s", BY_EVENTS);
    else if (!same_rep(join, there, rep))
      say_differs(join, rep->id.span, there->id.span,
                  IN_WORDS(join, "another thing is said of \"%s\"", rep->id.text), BY_EVENTS);
  }
}

/* ---- What each has for itself ---------------------------------------------------------------- */

/* The part before this one that declares the same of the same; the part itself: none does. */
static uint32_t declared_in(joining *join, const char *name) {
  for (uint32_t before = 0; before < join->part; before++)
    if (tr_means_the_same(join->differing[before], name)) return before;
  return join->part;
}

static bool is_own(joining *join, const char *name) {
  tr_alias alias = {.name = name, .part = join->part, .declared_in = declared_in(join, name)};
  if (alias.declared_in == join->part) return true;
  TR_PUSH(arena_of(join), &join->beside->aliases, alias);
  return false;
}

static void join_own(joining *join) {
#define JOIN_OWN(list)                                     \
  for (uint32_t i = 0; i < own(join)->list.count; i++)     \
    if (is_own(join, own(join)->list.items[i]->name.text)) \
      TR_PUSH(arena_of(join), &join->tree->list, own(join)->list.items[i]);
  JOIN_OWN(contacts)
  JOIN_OWN(lists)
  JOIN_OWN(catalogues)
  JOIN_OWN(signals)
  JOIN_OWN(scores)
  JOIN_OWN(defines)
  JOIN_OWN(criteria)
  JOIN_OWN(calendars)
#undef JOIN_OWN
  for (uint32_t i = 0; i < own(join)->agreements.count; i++)
    TR_PUSH(arena_of(join), &join->tree->agreements, own(join)->agreements.items[i]);
}

/* ---- When what is said of facts counts ------------------------------------------------------- */

/* Of what is in shadow another engine knows. */
bool tr_beside_is_there(const tr_part *part, const tr_agreement *agreement) {
  return part->shadow_counts || (agreement->has_force && !part->in_shadow);
}

int64_t tr_beside_force_ms(const tr_part *part, const tr_agreement *agreement) {
  bool early = agreement->in_shadow && part->shadow_counts;
  int64_t day = early ? agreement->shadow_day : agreement->from_day,
          force_ms = tr_zone_day_start(part->zone, day);
  return part->taken_ms >= force_ms ? part->taken_ms + 1 : force_ms;
}

/* Of two versions of one name the newer one takes over where it takes force. */
static void bound_part(tr_beside *beside, uint32_t old, uint32_t newer) {
  const tr_tree *olds = &beside->trees[old], *news = &beside->trees[newer];
  for (uint32_t i = 0; i < olds->agreements.count; i++) {
    const tr_agreement *before = olds->agreements.items[i];
    if (!tr_beside_is_there(&beside->parts[old], before)) continue;
    for (uint32_t k = 0; k < news->agreements.count; k++) {
      const tr_agreement *after = news->agreements.items[k];
      if (strcmp(before->name.text, after->name.text) != 0 || after->version <= before->version ||
          !tr_beside_is_there(&beside->parts[newer], after))
        continue;
      int64_t ms = tr_beside_force_ms(&beside->parts[newer], after);
      if (ms > beside->parts[newer].reach.from_ms) beside->parts[newer].reach.from_ms = ms;
      if (ms < beside->parts[old].reach.until_ms) beside->parts[old].reach.until_ms = ms;
    }
  }
}

/* A treaty without agreements is there with the others. */
static bool is_any_there(const tr_part *part, const tr_tree *tree) {
  bool any = tree->agreements.count == 0 && (!part->in_shadow || part->shadow_counts);
  for (uint32_t i = 0; i < tree->agreements.count; i++)
    any |= tr_beside_is_there(part, tree->agreements.items[i]);
  return any;
}

/* What is in shadow as a whole teaches nothing and opens nothing. */
static void bound_parts(tr_beside *beside) {
  for (uint32_t i = 0; i < beside->count; i++) {
    bool there = is_any_there(&beside->parts[i], &beside->trees[i]);
    beside->parts[i].reach = there ? (tr_reach){.from_ms = INT64_MIN, .until_ms = INT64_MAX}
                                   : (tr_reach){.from_ms = INT64_MAX, .until_ms = INT64_MAX};
  }
  for (uint32_t i = 0; i < beside->count; i++)
    for (uint32_t k = 0; k < beside->count; k++)
      if (i != k) bound_part(beside, i, k);
}

/* Where the times of both touch; false: there is a gap between. */
static bool widen(tr_reach *reach, tr_reach other) {
  if (other.from_ms > reach->until_ms || reach->from_ms > other.until_ms) return false;
  if (other.from_ms < reach->from_ms) reach->from_ms = other.from_ms;
  if (other.until_ms > reach->until_ms) reach->until_ms = other.until_ms;
  return true;
}

/* What is taught in the same way in a treaty before counts as long as either is there. */
static bool is_taught_before(joining *join, const tr_learn *learn) {
  for (uint32_t before = 0; before < join->part; before++) {
    const tr_tree *tree = &join->beside->trees[before];
    for (uint32_t i = 0; i < tree->learns.count; i++) {
      tr_learn *other = tree->learns.items[i];
      if (tr_is_said_alike(join->differing[before], learn->span, other->span) &&
          widen(&other->reach, learn->reach))
        return true;
    }
  }
  return false;
}

static void join_learns(joining *join) {
  for (uint32_t i = 0; i < own(join)->learns.count; i++) {
    tr_learn *learn = own(join)->learns.items[i];
    learn->reach = join->beside->parts[join->part].reach;
    if (!is_taught_before(join, learn)) TR_PUSH(arena_of(join), &join->tree->learns, learn);
  }
}

static bool is_of_one(const tr_tree *tree, const tr_action *action) {
  const char *dot = strchr(action->target.text, '.');
  for (int entity = 0; dot && entity < TR_ENTITIES; entity++) {
    size_t length = strlen(tr_entity_names[entity]);
    if ((size_t)(dot - action->target.text) != length ||
        memcmp(action->target.text, tr_entity_names[entity], length) != 0)
      continue;
    const tr_field *field = find_fact(tree, (tr_entity)entity, dot + 1);
    return field && !field->in_several;
  }
  return false;
}

/* A field that one treaty alone has it teaches at all times. */
static void free_own_fields(tr_beside *beside) {
  tr_tree *tree = beside->tree;
  uint32_t count = tree->learns.count;
  for (uint32_t i = 0; i < count; i++) {
    tr_learn *bounded = tree->learns.items[i], *always = TR_NEW(beside->arena, tr_learn);
    tr_actions all = bounded->actions;
    *always = *bounded;
    always->reach = (tr_reach){.from_ms = INT64_MIN, .until_ms = INT64_MAX};
    always->actions = bounded->actions = (tr_actions){0};
    for (uint32_t k = 0; k < all.count; k++) {
      tr_learn *one = is_of_one(tree, &all.items[k]) ? always : bounded;
      TR_PUSH(beside->arena, &one->actions, all.items[k]);
    }
    if (always->actions.count > 0) TR_PUSH(beside->arena, &tree->learns, always);
  }
}

static bool is_shown_before(joining *join, const tr_phases *phases) {
  for (uint32_t before = 0; before < join->part; before++) {
    const tr_tree *tree = &join->beside->trees[before];
    for (uint32_t i = 0; i < tree->phases.count; i++) {
      tr_phases *other = tree->phases.items[i];
      if (tr_is_said_alike(join->differing[before], phases->span, other->span) &&
          widen(&other->reach, phases->reach))
        return true;
    }
  }
  return false;
}

/* The evidence of phases: a treaty that says the same as one before has no blocks of its own. */
static void join_phases(joining *join) {
  bool alike = true;
  for (uint32_t i = 0; i < own(join)->phases.count; i++) {
    tr_phases *phases = own(join)->phases.items[i];
    phases->reach = join->beside->parts[join->part].reach;
    alike &= is_shown_before(join, phases);
  }
  for (uint32_t i = 0; !alike && i < own(join)->phases.count; i++)
    TR_PUSH(arena_of(join), &join->tree->phases, own(join)->phases.items[i]);
}

/* ---- What there is one of -------------------------------------------------------------------- */

static const tr_bind *find_bind(const tr_tree *tree, tr_entity entity) {
  for (uint32_t i = 0; i < tree->binds.count; i++)
    if (tree->binds.items[i]->entity == entity) return tree->binds.items[i];
  return NULL;
}

static bool binds_alike(joining *join, const tr_bind *bind, const tr_bind *there) {
  return tr_is_said_alike(join->differing[0], bind->span, there->span);
}

#define ONE_FOR_ALL "What has been bound stays so: this has to be the same in all of them."

static void check_binds(joining *join) {
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    const tr_bind *bind = find_bind(own(join), (tr_entity)entity),
                  *there = find_bind(&join->beside->trees[0], (tr_entity)entity);
    if (!bind && !there) continue;
    if (bind && there && binds_alike(join, bind, there)) continue;
    tr_span here = bind ? bind->span : there->span;
    say_differs(join, here, there ? there->span : here,
                IN_WORDS(join, "%s is bound in another way", tr_entity_names[entity]), ONE_FOR_ALL);
  }
}

static bool same_sends(const tr_source_decl *a, const tr_source_decl *b) {
  bool same = strcmp(a->name.text, b->name.text) == 0 && a->sends.count == b->sends.count;
  for (uint32_t i = 0; same && i < a->sends.count; i++)
    same = strcmp(a->sends.items[i].text, b->sends.items[i].text) == 0;
  return same;
}

static void check_sources(joining *join) {
  const tr_tree *first = &join->beside->trees[0];
  bool same = own(join)->sources.count == first->sources.count;
  for (uint32_t i = 0; same && i < first->sources.count; i++)
    same = same_sends(own(join)->sources.items[i], first->sources.items[i]);
  if (same) return;
  const tr_tree *has = own(join)->sources.count ? own(join) : first,
                *other = first->sources.count ? first : own(join);
  say_differs(join, has->sources.items[0]->name.span, other->sources.items[0]->name.span,
              "sources may send other events",
              "What was taken stays taken: say the same of sources in all of them.");
}

static int64_t late_of(const tr_tree *tree) { return tree->has_late ? tree->late_ms : -1; }

static bool ignores(const tr_tree *tree) {
  return tree->without_account.count > 0 &&
         strcmp(tree->without_account.items[0].text, "ignored") == 0;
}

static void check_settings(joining *join) {
  const tr_tree *first = &join->beside->trees[0];
  if (late_of(own(join)) != late_of(first)) {
    const tr_tree *has = own(join)->has_late ? own(join) : first,
                  *other = first->has_late ? first : own(join);
    say_differs(join, has->late_span, other->late_span, "the lateness horizon is another",
                ONE_FOR_ALL);
  }
  if (ignores(own(join)) != ignores(first)) {
    const tr_tree *has = ignores(own(join)) ? own(join) : first;
    say_differs(join, has->without_account.items[0].span, has->without_account.items[0].span,
                "something else becomes of events without account", ONE_FOR_ALL);
  }
  const tr_part *parts = join->beside->parts;
  if (strcmp(tr_zone_name(parts[join->part].zone), tr_zone_name(parts[0].zone)) != 0)
    say_differs(
        join, own(join)->zones.count ? own(join)->zones.items[0].span : first->zones.items[0].span,
        first->zones.count ? first->zones.items[0].span : own(join)->zones.items[0].span,
        "the zone is another", "Give a calendar a zone of its own where it needs one.");
}

/* ---- Stages that are no more ----------------------------------------------------------------- */

static bool becomes_another(const tr_agreement *agreement, const char *stage) {
  for (uint32_t i = 0; i < agreement->stages.count; i++)
    if (strcmp(agreement->stages.items[i].from.text, stage) == 0) return true;
  return false;
}

static void check_stage_goes_on(tr_beside *beside, const tr_stage *stage,
                                const tr_agreement *after) {
  if (stage->won || stage->lost || becomes_another(after, stage->name.text)) return;
  tr_diag *diag = tr_report(beside->diags, DIAG_VERSIONS_DIFFER, after->name.span,
                            "version %d of \"%s\" no longer has the stage '%s'",
                            (int)after->version, after->name.text, stage->name.text);
  tr_diag_related(diag, stage->name.span, "leads may be there");
  tr_diag_help(diag, "Say 'stage %s becomes …' behind the date of its force.", stage->name.text);
}

/* A lead that the newer version takes over has to stand somewhere. */
static void check_stages_go_on(tr_beside *beside, uint32_t old, uint32_t newer) {
  const tr_tree *olds = &beside->trees[old], *news = &beside->trees[newer];
  if (olds->stages.count == 0 || news->stages.count == 0) return;
  for (uint32_t i = 0; i < olds->agreements.count; i++) {
    for (uint32_t k = 0; k < news->agreements.count; k++) {
      const tr_agreement *before = olds->agreements.items[i], *after = news->agreements.items[k];
      if (strcmp(before->name.text, after->name.text) != 0 || before->version >= after->version)
        continue;
      const tr_stages *had = olds->stages.items[0];
      for (uint32_t s = 0; s < had->list.count; s++)
        if (!find_stage(news->stages.items[0], had->list.items[s].name.text))
          check_stage_goes_on(beside, &had->list.items[s], after);
    }
  }
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
  joining join = {.beside = beside, .tree = beside->tree, .part = part};
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
  join_learns(&join);
  join_phases(&join);
  check_binds(&join);
  check_sources(&join);
  check_settings(&join);
}

/* The trees of the others are still asked for what they say when they are joined: the first one's
 * lists are not written to, only gone on with. */
void tr_beside_join(tr_beside *beside) {
  for (uint32_t i = 0; i < beside->count; i++)
    tr_beside_openers(&beside->parts[i], &beside->trees[i]);
  bound_parts(beside);
  for (uint32_t i = 0; i < beside->count; i++)
    for (uint32_t k = 0; k < beside->count; k++) check_stages_go_on(beside, i, k);
  join_first(beside);
  for (uint32_t i = 1; i < beside->count; i++) join_part(beside, i);
  free_own_fields(beside);
}
