using System.Net;
using System.Net.Sockets;

namespace Billing.Api.Tests.Specs;

/// <summary>Where things are built and which ports are free.</summary>
public static class LocalMachine
{
    // Linux takes the ports of outgoing connections from 32768 on: net.ipv4.ip_local_port_range.
    private const int FirstPort = 12_000;
    private const int Ports = 20_000;

    private static int named = Random.Shared.Next(Ports);

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The built assembly of one of our programs, in the configuration that the tests were built in.</summary>
    public static string Program(string project) =>
        Path.Combine(Root, "src", project, "bin", Configuration, "net10.0", $"{project}.dll");

    /// <summary>A port below the kernel's range for outgoing connections, given once by this process.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (Interlocked.Increment(ref named) % Ports);

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();

                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse
                or SocketError.AccessDenied)
            {
                // The port is in use.
            }
        }
    }

    private static string Configuration =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}")
            ? "Release"
            : "Debug";

    private static string FindRoot(string path) =>
        File.Exists(Path.Combine(path, "Billing.sln"))
            ? path
            : FindRoot(Path.GetDirectoryName(path.TrimEnd(Path.DirectorySeparatorChar))!);
}
