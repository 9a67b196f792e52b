-- The guard of the Gatepass plugin. Kong lets a request go on if a plugin server is down, throws or answers nonsense:
-- this refuses each one that the plugin has not let through. It belongs into `config.access` of a `post-function` on
-- every service and route that the plugin protects.
if kong.ctx.shared.gatepass ~= "allow" then
  return kong.response.exit(
    503,
    '{"type":"urn:gatepass:problem:decision_missing","title":"Service unavailable","status":503,'
      .. '"detail":"the gateway cannot decide at the moment","reason":"decision_missing",'
      .. '"message":"the gateway cannot decide at the moment","request_id":null}',
    {
      ["Cache-Control"] = "no-store",
      ["Content-Type"] = "application/problem+json",
      ["Retry-After"] = "1",
    }
  )
end
