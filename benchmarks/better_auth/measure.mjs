// node measure.mjs APP CALLS LOG_INS: milliseconds of processor and clock of the start until a first
// request could be answered, and of the processor for each call, as JSON.
const [app, calls, logIns] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

function now() {
  const { user, system } = process.cpuUsage();
  return [(user + system) / 1000, performance.now()];
}

function event(method, path, headers, body) {
  return { requestContext: { http: { method, path } }, headers, body };
}

async function taken(times, act) {
  const took = [];
  for (let call = 0; call < times; call += 1) {
    const [began] = now();
    await act();
    took.push(now()[0] - began);
  }
  return took;
}

async function main() {
  const began = now();
  const { auth, handler } = await import(app);
  const { password } = await auth.$context;
  const ready = now();
  const json = { "content-type": "application/json", origin: "https://users.example.com" };
  const email = "known@example.com";
  const secret = "correct horse battery";

  async function send(method, path, headers, fields) {
    const body = fields && JSON.stringify(fields);
    const answer = await handler(event(method, `/api/auth/${path}`, headers, body));
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${answer.body}`);
    return answer;
  }

  const result = { cpu: ready[0] - began[0], clock: ready[1] - began[1] };
  if (calls) {
    await send("POST", "sign-up/email", json, { email, password: secret, name: "Known" });
    const { cookies } = await send("POST", "sign-in/email", json, { email, password: secret });
    const cookie = cookies.map((one) => one.split(";")[0]).join("; ");
    result.whoAmI = await taken(calls, async () => {
      const { body } = await send("GET", "get-session", { cookie });
      if (JSON.parse(body).user.email !== email) throw new Error(body);
    });
    result.logIn = await taken(logIns, () =>
      send("POST", "sign-in/email", json, { email, password: secret }),
    );
    const hash = await password.hash(secret);
    result.hash = await taken(logIns, () => password.verify({ hash, password: secret }));
  }
  process.stdout.write(JSON.stringify(result));
}

await main();
