/* beside_settled.c - what is settled once for all treaties side by side: which events count, to
 * whom they belong, by whose clock; and that no lead is left at a stage that is no more. */
#include "engine/beside_join.h"
#include "engine/zone.h"

static const tr_bind *find_bind(const tr_tree *tree, tr_entity entity) {
  for (uint32_t i = 0; i < tree->binds.count; i++)
    if (tree->binds.items[i]->entity == entity) return tree->binds.items[i];
  return NULL;
}

static bool binds_alike(tr_joining *join, const tr_bind *bind, const tr_bind *there) {
  return tr_is_said_alike(join->differing[0], bind->span, there->span);
}

#define ONE_FOR_ALL "What has been bound stays so: this has to be the same in all of them."

static void check_binds(tr_joining *join) {
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    const tr_bind *bind = find_bind(tr_join_own(join), (tr_entity)entity),
                  *there = find_bind(&join->beside->trees[0], (tr_entity)entity);
    if (!bind && !there) continue;
    if (bind && there && binds_alike(join, bind, there)) continue;
    tr_span here = bind ? bind->span : there->span;
    tr_join_differs(join, here, there ? there->span : here,
                    TR_IN_WORDS(join, "%s is bound in another way", tr_entity_names[entity]),
                    ONE_FOR_ALL);
  }
}

static bool same_sends(const tr_source_decl *a, const tr_source_decl *b) {
  bool same = strcmp(a->name.text, b->name.text) == 0 && a->sends.count == b->sends.count;
  for (uint32_t i = 0; same && i < a->sends.count; i++)
    same = strcmp(a->sends.items[i].text, b->sends.items[i].text) == 0;
  return same;
}

static void check_sources(tr_joining *join) {
  const tr_tree *first = &join->beside->trees[0];
  bool same = tr_join_own(join)->sources.count == first->sources.count;
  for (uint32_t i = 0; same && i < first->sources.count; i++)
    same = same_sends(tr_join_own(join)->sources.items[i], first->sources.items[i]);
  if (same) return;
  const tr_tree *has = tr_join_own(join)->sources.count ? tr_join_own(join) : first,
                *other = first->sources.count ? first : tr_join_own(join);
  tr_join_differs(join, has->sources.items[0]->name.span, other->sources.items[0]->name.span,
                  "sources may send other events",
                  "What was taken stays taken: say the same of sources in all of them.");
}

static int64_t late_of(const tr_tree *tree) { return tree->has_late ? tree->late_ms : -1; }

static bool ignores(const tr_tree *tree) {
  return tree->without_account.count > 0 &&
         strcmp(tree->without_account.items[0].text, "ignored") == 0;
}

static void check_settings(tr_joining *join) {
  const tr_tree *first = &join->beside->trees[0];
  if (late_of(tr_join_own(join)) != late_of(first)) {
    const tr_tree *has = tr_join_own(join)->has_late ? tr_join_own(join) : first,
                  *other = first->has_late ? first : tr_join_own(join);
    tr_join_differs(join, has->late_span, other->late_span, "the lateness horizon is another",
                    ONE_FOR_ALL);
  }
  if (ignores(tr_join_own(join)) != ignores(first)) {
    const tr_tree *has = ignores(tr_join_own(join)) ? tr_join_own(join) : first;
    tr_join_differs(join, has->without_account.items[0].span, has->without_account.items[0].span,
                    "something else becomes of events without account", ONE_FOR_ALL);
  }
  const tr_part *parts = join->beside->parts;
  if (strcmp(tr_zone_name(parts[join->part].zone), tr_zone_name(parts[0].zone)) != 0)
    tr_join_differs(
        join,
        tr_join_own(join)->zones.count ? tr_join_own(join)->zones.items[0].span
                                       : first->zones.items[0].span,
        first->zones.count ? first->zones.items[0].span : tr_join_own(join)->zones.items[0].span,
        "the zone is another", "Give a calendar a zone of its own where it needs one.");
}

void tr_join_check_settled(tr_joining *join) {
  check_binds(join);
  check_sources(join);
  check_settings(join);
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
        if (!tr_join_stage_of(news->stages.items[0], had->list.items[s].name.text))
          check_stage_goes_on(beside, &had->list.items[s], after);
    }
  }
}

void tr_join_check_stages(tr_beside *beside) {
  for (uint32_t i = 0; i < beside->count; i++)
    for (uint32_t k = 0; k < beside->count; k++) check_stages_go_on(beside, i, k);
}
