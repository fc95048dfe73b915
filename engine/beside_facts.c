/* beside_facts.c - facts belong to no version: what each treaty says of them counts while it is the
 * newest of its agreement. */
#include "engine/beside_join.h"
#include "engine/zone.h"

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
void tr_join_bounds(tr_beside *beside) {
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
static bool is_taught_before(tr_joining *join, const tr_learn *learn) {
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

void tr_join_learns(tr_joining *join) {
  for (uint32_t i = 0; i < tr_join_own(join)->learns.count; i++) {
    tr_learn *learn = tr_join_own(join)->learns.items[i];
    learn->reach = join->beside->parts[join->part].reach;
    if (!is_taught_before(join, learn)) TR_PUSH(tr_join_arena(join), &join->tree->learns, learn);
  }
}

static bool is_of_one(const tr_tree *tree, const tr_action *action) {
  const char *dot = strchr(action->target.text, '.');
  for (int entity = 0; dot && entity < TR_ENTITIES; entity++) {
    size_t length = strlen(tr_entity_names[entity]);
    if ((size_t)(dot - action->target.text) != length ||
        memcmp(action->target.text, tr_entity_names[entity], length) != 0)
      continue;
    const tr_field *field = tr_join_fact(tree, (tr_entity)entity, dot + 1);
    return field && !field->in_several;
  }
  return false;
}

/* A field that one treaty alone has it teaches at all times. */
void tr_join_free_own_fields(tr_beside *beside) {
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

static bool is_shown_before(tr_joining *join, const tr_phases *phases) {
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
void tr_join_phases(tr_joining *join) {
  bool alike = true;
  for (uint32_t i = 0; i < tr_join_own(join)->phases.count; i++) {
    tr_phases *phases = tr_join_own(join)->phases.items[i];
    phases->reach = join->beside->parts[join->part].reach;
    alike &= is_shown_before(join, phases);
  }
  for (uint32_t i = 0; !alike && i < tr_join_own(join)->phases.count; i++)
    TR_PUSH(tr_join_arena(join), &join->tree->phases, tr_join_own(join)->phases.items[i]);
}
