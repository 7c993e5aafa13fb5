import type {
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
} from "fastify";

/** Answers what no other route does: a known path with 405, else with 404. */
export const otherRoutes: FastifyPluginCallback = (app, _options, done) => {
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf(request.url.replace(/\?.*/, ""));
    return methods.length > 0
      ? reply
          .code(405)
          .header("allow", methods.join(", "))
          .send({ detail: "method not allowed" })
      : reply.code(404).send({ detail: "not found" });
  };

  /** What the OpenAPI document has for the path. */
  const methodsOf = (path: string): string[] => {
    for (const [template, item] of Object.entries(app.swagger().paths ?? {})) {
      const pattern = template.replaceAll(/\{\w+\}/g, "[^/]+");
      if (new RegExp(`^${pattern}$`).test(path)) {
        return Object.keys(item as object).map((name) => name.toUpperCase());
      }
    }
    return [];
  };

  app.route({
    url: "/*",
    method: app.supportedMethods,
    schema: { hide: true },
    onRequest: refuse, // before anything is made of the body
    handler: refuse,
  });
  done();
};
