import { LogController, type FastifyReply, type FastifyRequest } from "fastify";

/** One line for each request when it is answered, but for the engine's own probes. */
export class AccessLog extends LogController {
  constructor() {
    super({ disableRequestLogging: ({ url }) => /^\/health(\?|$)/.test(url) });
  }

  override incomingRequest(): void {
    // Its answer has a line.
  }

  override requestCompleted(
    _error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (!this.isLogDisabled(request)) {
      request.log.info(
        {
          method: request.method,
          url: request.url,
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
        },
        "request",
      );
    }
  }
}
