namespace Billing.EventStore.Tests.Log;

/// <summary>A place where something stops until the test lets it go on.</summary>
internal sealed class Pause
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public Task Here(LogWindow window) => Here();

    public Task Here()
    {
        reached.TrySetResult();
        return ended.Task;
    }

    public void End() => ended.TrySetResult();
}
