namespace Billing.Messaging;

/// <summary>Doubling waits between the shortest and the longest.</summary>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest)
{
    private TimeSpan? _last;

    public TimeSpan Next()
    {
        var wait = _last is not { } last ? shortest : last * 2 < longest ? last * 2 : longest;
        _last = wait;
        return wait;
    }

    public void Reset() => _last = null;
}
