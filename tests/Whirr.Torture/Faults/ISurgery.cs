namespace Whirr.Torture.Faults;

/// <summary>Something that is done while no daemon is there; keepers and jobs go on meanwhile.</summary>
internal interface ISurgery
{
    Task OperateAsync(Scene scene, Dice dice);
}
