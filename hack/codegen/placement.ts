import type { Comment, Declarations } from "./declarations.ts";
import type { Problems } from "./problems.ts";
import { PROPERTY_TAGS, RESOURCE_TAGS, VALUE_TAGS } from "./tags.ts";

/** Reports tags that are unknown or stand where they mean nothing, in every type, whether the resource uses it or not. */
export function checkPlacement(declarations: Declarations, problems: Problems): void {
  for (const declaration of declarations.values()) {
    const isResource = declaration.comment.tags.some((tag) => tag.name === "resource");
    const place = declaration.body.kind === "object" ? `type ${declaration.name}` : `alias ${declaration.name}`;
    check(declaration.comment, place, isResource ? RESOURCE_TAGS : [], problems);
    if (declaration.body.kind === "alias") continue;
    for (const property of declaration.body.properties) {
      check(property.comment, `property ${property.name}`, PROPERTY_TAGS, problems);
    }
  }
}

function check(comment: Comment, place: string, alsoAllowed: readonly string[], problems: Problems): void {
  for (const tag of comment.tags) {
    if (Object.hasOwn(VALUE_TAGS, tag.name) || alsoAllowed.includes(tag.name)) continue;
    if (PROPERTY_TAGS.includes(tag.name)) {
      problems.report(tag.position, `@${tag.name} stands on ${place}, but means something only on a property`);
    } else if (RESOURCE_TAGS.includes(tag.name)) {
      problems.report(
        tag.position,
        `@${tag.name} stands on ${place}, but means something only on the type with @resource`,
      );
    } else {
      const known = [...Object.keys(VALUE_TAGS), ...PROPERTY_TAGS, ...RESOURCE_TAGS].map((name) => `@${name}`);
      problems.report(tag.position, `@${tag.name} is unknown: known are ${known.join(", ")}`);
    }
  }
}
