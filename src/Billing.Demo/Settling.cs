using System.Net;
using System.Text.Json;

namespace Billing.Demo;

/// <summary>Waits until neither the API nor the sandbox has work left at this point of business time.</summary>
internal sealed class Settling(HttpClient api, HttpClient sandbox)
{
    // The longest that is waited for is the send window of an unanswered charge: only then is the gateway asked.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    /// <exception cref="BrokenPromiseException">Patience is over; the sentence names what is not idle.</exception>
    public async Task UntilIdleAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        var hasSaid = false;

        // Twice in a row: work that moves from one side to the other during the first check would be missed.
        for (var seen = 0; seen < 2;)
        {
            var ours = await StateOfAsync(api, "the API");
            var theirs = await StateOfAsync(sandbox, "the sandbox");
            var isIdle = ours.IsIdle && theirs.IsIdle;
            seen = isIdle ? seen + 1 : 0;
            var waited = TimeProvider.System.GetElapsedTime(since);

            if (!isIdle && waited > Patience)
            {
                throw new BrokenPromiseException(
                    $"After {Patience.TotalSeconds:0} seconds there is still work to do. {ours} {theirs}");
            }

            if (!isIdle && waited > Notice && !hasSaid)
            {
                Print.Detail(ours.HasUnknown
                    ? "(waiting in real time: the gateway is not asked about an unanswered "
                        + "charge before it can no longer be sent)"
                    : "(waiting in real time: a call has not been answered yet)");
                hasSaid = true;
            }

            if (!isIdle)
            {
                await Task.Delay(Pause);
            }
        }
    }

    private static async Task<State> StateOfAsync(HttpClient http, string name)
    {
        var reply = await http.SendAsync(HttpMethod.Get, "sandbox/idle")
            .Expect(HttpStatusCode.OK, $"GET /sandbox/idle of {name}");

        return new State(name, reply.Json, reply.Body);
    }

    private sealed record State(string Name, JsonElement Json, string Body)
    {
        public bool IsIdle => Json.GetProperty("idle").GetBoolean();

        public bool HasUnknown => Json.TryGetProperty("unknown", out var unknown) && unknown.GetInt64() > 0;

        public override string ToString() => $"{(IsIdle ? "Idle" : "Not idle")}: {Name}, {Body}.";
    }
}
