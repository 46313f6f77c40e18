// Written by tools/operator-signatures.py

/**
 * The operators of ONNX from operator set 7 to 25, and those of ai.onnx.ml, a version a line:
 * name, the version that brought this form (and `deprecated`) | inputs | outputs | attributes | type parameters.
 * Source: ONNX, "Operator Schemas" (onnx/docs/Changelog.md, Changelog-ml.md).
 *
 * - A parameter is `name:type`; `?` may be left out, `...1` is any number of one type, at least 1, `***1` of any types.
 * - An attribute is `name:type`; `!` must be given.
 * - A type parameter lists its element types as letters, the codes of TensorProto.DataType from `a` = 1 = FLOAT on; `*`:
 *   sequences, maps or optionals too. `=a` is a type of its own.
 */
export const signatureLines = `
Abs 6|X:T|Y:T||T=abcdefgjklm
Abs 13|X:T|Y:T||T=abcdefgjklmp
Acos 7|input:T|output:T||T=ajk
Acos 22|input:T|output:T||T=ajkp
Acosh 9|input:T|output:T||T=ajk
Acosh 22|input:T|output:T||T=ajkp
Add 7|A:T B:T|C:T||T=afgjklm
Add 13|A:T B:T|C:T||T=afgjklmp
Add 14|A:T B:T|C:T||T=abcdefgjklmp
AffineGrid 20|theta:T1 size:T2|grid:T1|align_corners:int|T1=ajkp T2=g
And 7|A:T B:T|C:T1||T=i T1=i
ArgMax 1|data:T|reduced:=g|axis:int keepdims:int|T=abcdefgjklm
ArgMax 11|data:T|reduced:=g|axis:int keepdims:int|T=abcdefgjklm
ArgMax 12|data:T|reduced:=g|axis:int keepdims:int select_last_index:int|T=abcdefgjklm
ArgMax 13|data:T|reduced:=g|axis:int keepdims:int select_last_index:int|T=abcdefgjklmp
ArgMin 1|data:T|reduced:=g|axis:int keepdims:int|T=abcdefgjklm
ArgMin 11|data:T|reduced:=g|axis:int keepdims:int|T=abcdefgjklm
ArgMin 12|data:T|reduced:=g|axis:int keepdims:int select_last_index:int|T=abcdefgjklm
ArgMin 13|data:T|reduced:=g|axis:int keepdims:int select_last_index:int|T=abcdefgjklmp
Asin 7|input:T|output:T||T=ajk
Asin 22|input:T|output:T||T=ajkp
Asinh 9|input:T|output:T||T=ajk
Asinh 22|input:T|output:T||T=ajkp
Atan 7|input:T|output:T||T=ajk
Atan 22|input:T|output:T||T=ajkp
Atanh 9|input:T|output:T||T=ajk
Atanh 22|input:T|output:T||T=ajkp
Attention 23|Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2|Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1|is_causal:int kv_num_heads:int q_num_heads:int qk_matmul_output_mode:int scale:float softcap:float softmax_precision:int|T1=ajkp T2=ajkp U=abcdefgijklmp
Attention 24|Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2 nonpad_kv_seqlen?:=g|Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1|is_causal:int kv_num_heads:int q_num_heads:int qk_matmul_output_mode:int scale:float softcap:float softmax_precision:int|T1=ajkp T2=ajkp U=abcdefgijklmp
Attention 25|Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2 nonpad_kv_seqlen?:=g|Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1|is_causal:int kv_num_heads:int left_window_size:int q_num_heads:int qk_matmul_output_mode:int right_window_size:int scale:float softcap:float softmax_precision:int|T1=ajkp T2=ajkp U=abcdefgijklmp
AveragePool 7|X:T|Y:T|auto_pad:string count_include_pad:int kernel_shape!:ints pads:ints strides:ints|T=ajk
AveragePool 10|X:T|Y:T|auto_pad:string ceil_mode:int count_include_pad:int kernel_shape!:ints pads:ints strides:ints|T=ajk
AveragePool 11|X:T|Y:T|auto_pad:string ceil_mode:int count_include_pad:int kernel_shape!:ints pads:ints strides:ints|T=ajk
AveragePool 19|X:T|Y:T|auto_pad:string ceil_mode:int count_include_pad:int dilations:ints kernel_shape!:ints pads:ints strides:ints|T=ajk
AveragePool 22|X:T|Y:T|auto_pad:string ceil_mode:int count_include_pad:int dilations:ints kernel_shape!:ints pads:ints strides:ints|T=ajkp
BatchNormalization 7|X:T scale:T B:T mean:T var:T|Y:T mean?:T var?:T saved_mean?:T saved_var?:T|epsilon:float momentum:float spatial:int|T=ajk
BatchNormalization 9|X:T scale:T B:T mean:T var:T|Y:T mean?:T var?:T saved_mean?:T saved_var?:T|epsilon:float momentum:float|T=ajk
BatchNormalization 14|X:T scale:T B:T input_mean:U input_var:U|Y:T running_mean?:U running_var?:U|epsilon:float momentum:float training_mode:int|T=ajkp U=ajkp
BatchNormalization 15|X:T scale:T1 B:T1 input_mean:T2 input_var:T2|Y:T running_mean?:T2 running_var?:T2|epsilon:float momentum:float training_mode:int|T=ajkp T1=ajkp T2=ajkp
Bernoulli 15|input:T1|output:T2|dtype:int seed:float|T1=ajk T2=abcdefgijklmp
Bernoulli 22|input:T1|output:T2|dtype:int seed:float|T1=ajkp T2=abcdefgijklmp
BitShift 11|X:T Y:T|Z:T|direction!:string|T=bdlm
BitwiseAnd 18|A:T B:T|C:T||T=bcdefglm
BitwiseNot 18|X:T|Y:T||T=bcdefglm
BitwiseOr 18|A:T B:T|C:T||T=bcdefglm
BitwiseXor 18|A:T B:T|C:T||T=bcdefglm
BlackmanWindow 17|size:T1|output:T2|output_datatype:int periodic:int|T1=fg T2=abcdefgjklmp
Cast 6|input:T1|output:T2|to!:int|T1=abcdefgijklm T2=abcdefgijklm
Cast 9|input:T1|output:T2|to!:int|T1=abcdefghijklm T2=abcdefghijklm
Cast 13|input:T1|output:T2|to!:int|T1=abcdefghijklmp T2=abcdefghijklmp
Cast 19|input:T1|output:T2|saturate:int to!:int|T1=abcdefghijklmpqrst T2=abcdefghijklmpqrst
Cast 21|input:T1|output:T2|saturate:int to!:int|T1=abcdefghijklmpqrstuv T2=abcdefghijklmpqrstuv
Cast 23|input:T1|output:T2|saturate:int to!:int|T1=abcdefghijklmpqrstuvw T2=abcdefghijklmpqrstuvw
Cast 24|input:T1|output:T2|round_mode:string saturate:int to!:int|T1=abcdefghijklmpqrstuvwx T2=abcdefghijklmpqrstuvwx
Cast 25|input:T1|output:T2|round_mode:string saturate:int to!:int|T1=abcdefghijklmpqrstuvwxyz T2=abcdefghijklmpqrstuvwxyz
CastLike 15|input:T1 target_type:T2|output:T2||T1=abcdefghijklmp T2=abcdefghijklmp
CastLike 19|input:T1 target_type:T2|output:T2|saturate:int|T1=abcdefghijklmpqrst T2=abcdefghijklmpqrst
CastLike 21|input:T1 target_type:T2|output:T2|saturate:int|T1=abcdefghijklmpqrstuv T2=abcdefghijklmpqrstuv
CastLike 23|input:T1 target_type:T2|output:T2|saturate:int|T1=abcdefghijklmpqrstuvw T2=abcdefghijklmpqrstuvw
CastLike 24|input:T1 target_type:T2|output:T2|round_mode:string saturate:int|T1=abcdefghijklmpqrstuvwx T2=abcdefghijklmpqrstuvwx
CastLike 25|input:T1 target_type:T2|output:T2|round_mode:string saturate:int|T1=abcdefghijklmpqrstuvwxyz T2=abcdefghijklmpqrstuvwxyz
Ceil 6|X:T|Y:T||T=ajk
Ceil 13|X:T|Y:T||T=ajkp
Celu 12|X:T|Y:T|alpha:float|T=a
CenterCropPad 18|input_data:T shape:Tind|output_data:T|axes:ints|T=abcdefghijklmnop Tind=fg
Clip 6|input:T|output:T|max:float min:float|T=ajk
Clip 11|input:T min?:T max?:T|output:T||T=ajk
Clip 12|input:T min?:T max?:T|output:T||T=abcdefgjklm
Clip 13|input:T min?:T max?:T|output:T||T=abcdefgjklmp
Col2Im 18|input:T image_shape:=g block_shape:=g|output:T|dilations:ints pads:ints strides:ints|T=abcdefghijklmnop
Compress 9|input:T condition:T1|output:T|axis:int|T=abcdefghijklmno T1=i
Compress 11|input:T condition:T1|output:T|axis:int|T=abcdefghijklmno T1=i
Concat 4|inputs...1:T|concat_result:T|axis!:int|T=abcdefghijklmno
Concat 11|inputs...1:T|concat_result:T|axis!:int|T=abcdefghijklmno
Concat 13|inputs...1:T|concat_result:T|axis!:int|T=abcdefghijklmnop
ConcatFromSequence 11|input_sequence:S|concat_result:T|axis!:int new_axis:int|S=* T=abcdefghijklmno
Constant 1||output:T|value!:tensor|T=ajk
Constant 9||output:T|value!:tensor|T=abcdefghijklmno
Constant 11||output:T|sparse_value:sparse_tensor value:tensor|T=abcdefghijklmno
Constant 12||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmno
Constant 13||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmnop
Constant 19||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmnopqrst
Constant 21||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmnopqrstuv
Constant 23||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmnopqrstuvw
Constant 24||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmnopqrstuvwx
Constant 25||output:T|sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings|T=abcdefghijklmnopqrstuvwxyz
ConstantOfShape 9|input:T1|output:T2|value:tensor|T1=g T2=abcdefgijklm
ConstantOfShape 20|input:T1|output:T2|value:tensor|T1=g T2=abcdefgijklmpqrst
ConstantOfShape 21|input:T1|output:T2|value:tensor|T1=g T2=abcdefgijklmpqrstuv
ConstantOfShape 23|input:T1|output:T2|value:tensor|T1=g T2=abcdefgijklmpqrstuvw
ConstantOfShape 24|input:T1|output:T2|value:tensor|T1=g T2=abcdefgijklmpqrstuvwx
ConstantOfShape 25|input:T1|output:T2|value:tensor|T1=g T2=abcdefgijklmpqrstuvwxyz
Conv 1|X:T W:T B?:T|Y:T|auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints|T=ajk
Conv 11|X:T W:T B?:T|Y:T|auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints|T=ajk
Conv 22|X:T W:T B?:T|Y:T|auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints|T=ajkp
ConvInteger 10|x:T1 w:T2 x_zero_point?:T1 w_zero_point?:T2|y:T3|auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints|T1=bc T2=bc T3=f
ConvTranspose 1|X:T W:T B?:T|Y:T|auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints output_shape:ints pads:ints strides:ints|T=ajk
ConvTranspose 11|X:T W:T B?:T|Y:T|auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints output_shape:ints pads:ints strides:ints|T=ajk
ConvTranspose 22|X:T W:T B?:T|Y:T|auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints output_shape:ints pads:ints strides:ints|T=ajkp
Cos 7|input:T|output:T||T=ajk
Cos 22|input:T|output:T||T=ajkp
Cosh 9|input:T|output:T||T=ajk
Cosh 22|input:T|output:T||T=ajkp
CumSum 11|x:T axis:T2|y:T|exclusive:int reverse:int|T=afgklm T2=fg
CumSum 14|x:T axis:T2|y:T|exclusive:int reverse:int|T=afgjklmp T2=fg
DFT 17|input:T1 dft_length?:T2|output:T1|axis:int inverse:int onesided:int|T1=ajkp T2=fg
DFT 20|input:T1 dft_length?:T2 axis?:=g|output:T1|inverse:int onesided:int|T1=ajkp T2=fg
DeformConv 19|X:T W:T offset:T B?:T mask?:T|Y:T|dilations:ints group:int kernel_shape:ints offset_group:int pads:ints strides:ints|T=ajk
DeformConv 22|X:T W:T offset:T B?:T mask?:T|Y:T|dilations:ints group:int kernel_shape:ints offset_group:int pads:ints strides:ints|T=ajkp
DepthToSpace 1|input:T|output:T|blocksize!:int|T=abcdefghijklmno
DepthToSpace 11|input:T|output:T|blocksize!:int mode:string|T=abcdefghijklmno
DepthToSpace 13|input:T|output:T|blocksize!:int mode:string|T=abcdefghijklmnop
DequantizeLinear 10|x:T x_scale:=a x_zero_point?:T|y:=a||T=bcf
DequantizeLinear 13|x:T x_scale:=a x_zero_point?:T|y:=a|axis:int|T=bcf
DequantizeLinear 19|x:T1 x_scale:T2 x_zero_point?:T1|y:T2|axis:int|T1=bcfqrst T2=ajp
DequantizeLinear 21|x:T1 x_scale:T2 x_zero_point?:T1|y:T2|axis:int block_size:int|T1=bcdefqrstuv T2=ajp
DequantizeLinear 23|x:T1 x_scale:T2 x_zero_point?:T1|y:T3|axis:int block_size:int output_dtype:int|T1=bcdefqrstuvw T2=ajp T3=ajp
DequantizeLinear 24|x:T1 x_scale:T2 x_zero_point?:T1|y:T3|axis:int block_size:int output_dtype:int|T1=bcdefqrstuvw T2=ajpx T3=ajp
DequantizeLinear 25|x:T1 x_scale:T2 x_zero_point?:T1|y:T3|axis:int block_size:int output_dtype:int|T1=bcdefqrstuvwyz T2=ajpx T3=ajp
Det 11|X:T|Y:T||T=ajk
Det 22|X:T|Y:T||T=ajkp
Div 7|A:T B:T|C:T||T=afgjklm
Div 13|A:T B:T|C:T||T=afgjklmp
Div 14|A:T B:T|C:T||T=abcdefgjklmp
Dropout 7|data:T|output:T mask?:T|ratio:float|T=ajk
Dropout 10|data:T|output:T mask?:T1|ratio:float|T=ajk T1=i
Dropout 12|data:T ratio?:T1 training_mode?:T2|output:T mask?:T2|seed:int|T=ajk T1=ajk T2=i
Dropout 13|data:T ratio?:T1 training_mode?:T2|output:T mask?:T2|seed:int|T=ajkp T1=ajk T2=i
Dropout 22|data:T ratio?:T1 training_mode?:T2|output:T mask?:T2|seed:int|T=ajkpqrst T1=ajkpqrst T2=i
DynamicQuantizeLinear 11|x:T1|y:T2 y_scale:=a y_zero_point:T2||T1=a T2=b
Einsum 12|Inputs...1:T|Output:T|equation!:string|T=abcdefgjklm
Elu 6|X:T|Y:T|alpha:float|T=ajk
Elu 22|X:T|Y:T|alpha:float|T=ajkp
Equal 7|A:T B:T|C:T1||T=fgi T1=i
Equal 11|A:T B:T|C:T1||T=abcdefgijklm T1=i
Equal 13|A:T B:T|C:T1||T=abcdefgijklmp T1=i
Equal 19|A:T B:T|C:T1||T=abcdefghijklmp T1=i
Erf 9|input:T|output:T||T=abcdefgjklm
Erf 13|input:T|output:T||T=ajkp
Exp 6|input:T|output:T||T=ajk
Exp 13|input:T|output:T||T=ajkp
Expand 8|input:T shape:=g|output:T||T=abcdefghijklmno
Expand 13|input:T shape:=g|output:T||T=abcdefghijklmnop
EyeLike 9|input:T1|output:T2|dtype:int k:int|T1=abcdefgijklm T2=abcdefgijklm
EyeLike 22|input:T1|output:T2|dtype:int k:int|T1=abcdefgijklmp T2=abcdefgijklmp
Flatten 1|input:T|output:T|axis:int|T=ajk
Flatten 9|input:T|output:T|axis:int|T=abcdefghijklmno
Flatten 11|input:T|output:T|axis:int|T=abcdefghijklmno
Flatten 13|input:T|output:T|axis:int|T=abcdefghijklmnop
Flatten 21|input:T|output:T|axis:int|T=abcdefghijklmnopqrstuv
Flatten 23|input:T|output:T|axis:int|T=abcdefghijklmnopqrstuvw
Flatten 24|input:T|output:T|axis:int|T=abcdefghijklmnopqrstuvwx
Flatten 25|input:T|output:T|axis:int|T=abcdefghijklmnopqrstuvwxyz
Floor 6|X:T|Y:T||T=ajk
Floor 13|X:T|Y:T||T=ajkp
GRU 7|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|Y?:T Y_h?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int linear_before_reset:int|T=ajk T1=f
GRU 14|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|Y?:T Y_h?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int linear_before_reset:int|T=ajk T1=f
GRU 22|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|Y?:T Y_h?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int linear_before_reset:int|T=ajkp T1=f
Gather 1|data:T indices:Tind|output:T|axis:int|T=abcdefghijklmno Tind=fg
Gather 11|data:T indices:Tind|output:T|axis:int|T=abcdefghijklmno Tind=fg
Gather 13|data:T indices:Tind|output:T|axis:int|T=abcdefghijklmnop Tind=fg
GatherElements 11|data:T indices:Tind|output:T|axis:int|T=abcdefghijklmno Tind=fg
GatherElements 13|data:T indices:Tind|output:T|axis:int|T=abcdefghijklmnop Tind=fg
GatherND 11|data:T indices:=g|output:T||T=abcdefghijklmno
GatherND 12|data:T indices:=g|output:T|batch_dims:int|T=abcdefghijklmno
GatherND 13|data:T indices:=g|output:T|batch_dims:int|T=abcdefghijklmnop
Gelu 20|X:T|Y:T|approximate:string|T=ajkp
Gemm 7|A:T B:T C:T|Y:T|alpha:float beta:float transA:int transB:int|T=ajk
Gemm 9|A:T B:T C:T|Y:T|alpha:float beta:float transA:int transB:int|T=afgjklm
Gemm 11|A:T B:T C?:T|Y:T|alpha:float beta:float transA:int transB:int|T=afgjklm
Gemm 13|A:T B:T C?:T|Y:T|alpha:float beta:float transA:int transB:int|T=afgjklmp
GlobalAveragePool 1|X:T|Y:T||T=ajk
GlobalAveragePool 22|X:T|Y:T||T=ajkp
GlobalLpPool 2|X:T|Y:T|p:int|T=ajk
GlobalLpPool 22|X:T|Y:T|p:int|T=ajkp
GlobalMaxPool 1|X:T|Y:T||T=ajk
GlobalMaxPool 22|X:T|Y:T||T=ajkp
Greater 7|A:T B:T|C:T1||T=ajk T1=i
Greater 9|A:T B:T|C:T1||T=abcdefgjklm T1=i
Greater 13|A:T B:T|C:T1||T=abcdefgjklmp T1=i
GreaterOrEqual 12|A:T B:T|C:T1||T=abcdefgjklm T1=i
GreaterOrEqual 16|A:T B:T|C:T1||T=abcdefgjklmp T1=i
GridSample 16|X:T1 grid:T2|Y:T1|align_corners:int mode:string padding_mode:string|T1=abcdefghijklmno T2=ajk
GridSample 20|X:T1 grid:T2|Y:T1|align_corners:int mode:string padding_mode:string|T1=abcdefghijklmno T2=ajk
GridSample 22|X:T1 grid:T2|Y:T1|align_corners:int mode:string padding_mode:string|T1=abcdefghijklmnop T2=ajkp
GroupNormalization 18 deprecated|X:T scale:T bias:T|Y:T|epsilon:float num_groups!:int|T=ajkp
GroupNormalization 21|X:T scale:T bias:T|Y:T|epsilon:float num_groups!:int stash_type:int|T=ajkp
HammingWindow 17|size:T1|output:T2|output_datatype:int periodic:int|T1=fg T2=abcdefgjklmp
HannWindow 17|size:T1|output:T2|output_datatype:int periodic:int|T1=fg T2=abcdefgjklmp
HardSigmoid 6|X:T|Y:T|alpha:float beta:float|T=ajk
HardSigmoid 22|X:T|Y:T|alpha:float beta:float|T=ajkp
HardSwish 14|X:T|Y:T||T=ajk
HardSwish 22|X:T|Y:T||T=ajkp
Hardmax 1|input:T|output:T|axis:int|T=ajk
Hardmax 11|input:T|output:T|axis:int|T=ajk
Hardmax 13|input:T|output:T|axis:int|T=ajkp
Identity 1|input:T|output:T||T=abcdefghijklmno
Identity 13|input:T|output:T||T=abcdefghijklmnop
Identity 14|input:V|output:V||V=abcdefghijklmnop*
Identity 16|input:V|output:V||V=abcdefghijklmnop*
Identity 19|input:V|output:V||V=abcdefghijklmnopqrst*
Identity 21|input:V|output:V||V=abcdefghijklmnopqrstuv*
Identity 23|input:V|output:V||V=abcdefghijklmnopqrstuvw*
Identity 24|input:V|output:V||V=abcdefghijklmnopqrstuvwx*
Identity 25|input:V|output:V||V=abcdefghijklmnopqrstuvwxyz*
If 1|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmno B=i
If 11|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmno B=i
If 13|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmno* B=i
If 16|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmnop* B=i
If 19|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmnopqrst* B=i
If 21|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmnopqrstuv* B=i
If 23|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmnopqrstuvw* B=i
If 24|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmnopqrstuvwx* B=i
If 25|cond:B|outputs***1:V|else_branch!:graph then_branch!:graph|V=abcdefghijklmnopqrstuvwxyz* B=i
ImageDecoder 20|encoded_stream:T1|image:T2|pixel_format:string|T1=b T2=b
InstanceNormalization 6|input:T scale:T B:T|output:T|epsilon:float|T=ajk
InstanceNormalization 22|input:T scale:T B:T|output:T|epsilon:float|T=ajkp
IsInf 10|X:T1|Y:T2|detect_negative:int detect_positive:int|T1=ak T2=i
IsInf 20|X:T1|Y:T2|detect_negative:int detect_positive:int|T1=ajkpqrst T2=i
IsNaN 9|X:T1|Y:T2||T1=ajk T2=i
IsNaN 13|X:T1|Y:T2||T1=ajkp T2=i
IsNaN 20|X:T1|Y:T2||T1=ajkpqrst T2=i
LRN 1|X:T|Y:T|alpha:float beta:float bias:float size!:int|T=ajk
LRN 13|X:T|Y:T|alpha:float beta:float bias:float size!:int|T=ajkp
LSTM 7|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|Y?:T Y_h?:T Y_c?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int|T=ajk T1=f
LSTM 14|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|Y?:T Y_h?:T Y_c?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int layout:int|T=ajk T1=f
LSTM 22|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|Y?:T Y_h?:T Y_c?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int layout:int|T=ajkp T1=f
LayerNormalization 17|X:T Scale:T B?:T|Y:T Mean?:U InvStdDev?:U|axis:int epsilon:float stash_type:int|T=ajkp U=ap
LeakyRelu 6|X:T|Y:T|alpha:float|T=ajk
LeakyRelu 16|X:T|Y:T|alpha:float|T=ajkp
Less 7|A:T B:T|C:T1||T=ajk T1=i
Less 9|A:T B:T|C:T1||T=abcdefgjklm T1=i
Less 13|A:T B:T|C:T1||T=abcdefgjklmp T1=i
LessOrEqual 12|A:T B:T|C:T1||T=abcdefgjklm T1=i
LessOrEqual 16|A:T B:T|C:T1||T=abcdefgjklmp T1=i
Log 6|input:T|output:T||T=ajk
Log 13|input:T|output:T||T=ajkp
LogSoftmax 1|input:T|output:T|axis:int|T=ajk
LogSoftmax 11|input:T|output:T|axis:int|T=ajk
LogSoftmax 13|input:T|output:T|axis:int|T=ajkp
Loop 1|M?:I cond?:B v_initial***1:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmno I=g B=i
Loop 11|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmno I=g B=i
Loop 13|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmno* I=g B=i
Loop 16|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmnop* I=g B=i
Loop 19|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmnopqrst* I=g B=i
Loop 21|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmnopqrstuv* I=g B=i
Loop 23|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmnopqrstuvw* I=g B=i
Loop 24|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmnopqrstuvwx* I=g B=i
Loop 25|M?:I cond?:B v_initial***0:V|v_final_and_scan_outputs***1:V|body!:graph|V=abcdefghijklmnopqrstuvwxyz* I=g B=i
LpNormalization 1|input:T|output:T|axis:int p:int|T=ajk
LpNormalization 22|input:T|output:T|axis:int p:int|T=ajkp
LpPool 2|X:T|Y:T|auto_pad:string kernel_shape!:ints p:int pads:ints strides:ints|T=ajk
LpPool 11|X:T|Y:T|auto_pad:string kernel_shape!:ints p:int pads:ints strides:ints|T=ajk
LpPool 18|X:T|Y:T|auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints p:int pads:ints strides:ints|T=ajk
LpPool 22|X:T|Y:T|auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints p:int pads:ints strides:ints|T=ajkp
MatMul 1|A:T B:T|Y:T||T=ajk
MatMul 9|A:T B:T|Y:T||T=afgjklm
MatMul 13|A:T B:T|Y:T||T=afgjklmp
MatMulInteger 10|A:T1 B:T2 a_zero_point?:T1 b_zero_point?:T2|Y:T3||T1=bc T2=bc T3=f
Max 6|data_0...1:T|max:T||T=ajk
Max 8|data_0...1:T|max:T||T=ajk
Max 12|data_0...1:T|max:T||T=abcdefgjklm
Max 13|data_0...1:T|max:T||T=abcdefgjklmp
MaxPool 1|X:T|Y:T|auto_pad:string kernel_shape!:ints pads:ints strides:ints|T=ajk
MaxPool 8|X:T|Y:T Indices?:I|auto_pad:string kernel_shape!:ints pads:ints storage_order:int strides:ints|T=ajk I=g
MaxPool 10|X:T|Y:T Indices?:I|auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints pads:ints storage_order:int strides:ints|T=ajk I=g
MaxPool 11|X:T|Y:T Indices?:I|auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints pads:ints storage_order:int strides:ints|T=ajk I=g
MaxPool 12|X:T|Y:T Indices?:I|auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints pads:ints storage_order:int strides:ints|T=abcjk I=g
MaxPool 22|X:T|Y:T Indices?:I|auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints pads:ints storage_order:int strides:ints|T=abcjkp I=g
MaxRoiPool 1|X:T rois:T|Y:T|pooled_shape!:ints spatial_scale:float|T=ajk
MaxRoiPool 22|X:T rois:T|Y:T|pooled_shape!:ints spatial_scale:float|T=ajkp
MaxUnpool 9|X:T1 I:T2 output_shape?:T2|output:T1|kernel_shape!:ints pads:ints strides:ints|T1=ajk T2=g
MaxUnpool 11|X:T1 I:T2 output_shape?:T2|output:T1|kernel_shape!:ints pads:ints strides:ints|T1=ajk T2=g
MaxUnpool 22|X:T1 I:T2 output_shape?:T2|output:T1|kernel_shape!:ints pads:ints strides:ints|T1=ajkp T2=g
Mean 6|data_0...1:T|mean:T||T=ajk
Mean 8|data_0...1:T|mean:T||T=ajk
Mean 13|data_0...1:T|mean:T||T=ajkp
MeanVarianceNormalization 9|X:T|Y:T|axes:ints|T=ajk
MeanVarianceNormalization 13|X:T|Y:T|axes:ints|T=ajkp
MelWeightMatrix 17|num_mel_bins:T1 dft_length:T1 sample_rate:T1 lower_edge_hertz:T2 upper_edge_hertz:T2|output:T3|output_datatype:int|T1=fg T2=ajkp T3=abcdefgjklmp
Min 6|data_0...1:T|min:T||T=ajk
Min 8|data_0...1:T|min:T||T=ajk
Min 12|data_0...1:T|min:T||T=abcdefgjklm
Min 13|data_0...1:T|min:T||T=abcdefgjklmp
Mish 18|X:T|Y:T||T=ajk
Mish 22|X:T|Y:T||T=ajkp
Mod 10|A:T B:T|C:T|fmod:int|T=abcdefgjklm
Mod 13|A:T B:T|C:T|fmod:int|T=abcdefgjklmp
Mul 7|A:T B:T|C:T||T=afgjklm
Mul 13|A:T B:T|C:T||T=afgjklmp
Mul 14|A:T B:T|C:T||T=abcdefgjklmp
Multinomial 7|input:T1|output:T2|dtype:int sample_size:int seed:float|T1=ajk T2=fg
Multinomial 22|input:T1|output:T2|dtype:int sample_size:int seed:float|T1=ajkp T2=fg
Neg 6|X:T|Y:T||T=acefgjk
Neg 13|X:T|Y:T||T=acefgjkp
NegativeLogLikelihoodLoss 12|input:T target:Tind weight?:T|loss:T|ignore_index:int reduction:string|T=ajk Tind=fg
NegativeLogLikelihoodLoss 13|input:T target:Tind weight?:T|loss:T|ignore_index:int reduction:string|T=ajk Tind=fg
NegativeLogLikelihoodLoss 22|input:T target:Tind weight?:T|loss:T|ignore_index:int reduction:string|T=ajkp Tind=fg
NonMaxSuppression 10|boxes:=a scores:=a max_output_boxes_per_class?:=g iou_threshold?:=a score_threshold?:=a|selected_indices:=g|center_point_box:int|
NonMaxSuppression 11|boxes:=a scores:=a max_output_boxes_per_class?:=g iou_threshold?:=a score_threshold?:=a|selected_indices:=g|center_point_box:int|
NonZero 9|X:T|Y:=g||T=abcdefghijklmno
NonZero 13|X:T|Y:=g||T=abcdefghijklmnop
Not 1|X:T|Y:T||T=i
OneHot 9|indices:T1 depth:T2 values:T3|output:T3|axis:int|T1=abcdefgjklm T2=abcdefgjklm T3=abcdefghijklmno
OneHot 11|indices:T1 depth:T2 values:T3|output:T3|axis:int|T1=abcdefgjklm T2=abcdefgjklm T3=abcdefghijklmno
Optional 15|input?:V|output:O|type:type_proto|V=abcdefghijklmno* O=*
OptionalGetElement 15|input:O|output:V||O=* V=abcdefghijklmno*
OptionalGetElement 18|input:O|output:V||O=abcdefghijklmno* V=abcdefghijklmno*
OptionalHasElement 15|input:O|output:B||O=* B=i
OptionalHasElement 18|input?:O|output:B||O=abcdefghijklmno* B=i
Or 7|A:T B:T|C:T1||T=i T1=i
PRelu 7|X:T slope:T|Y:T||T=ajk
PRelu 9|X:T slope:T|Y:T||T=afgjklm
PRelu 16|X:T slope:T|Y:T||T=afgjklmp
Pad 2|data:T|output:T|mode:string pads!:ints value:float|T=ajk
Pad 11|data:T pads:=g constant_value?:T|output:T|mode:string|T=abcdefgjklm
Pad 13|data:T pads:=g constant_value?:T|output:T|mode:string|T=abcdefghijklmnop
Pad 18|data:T pads:=g constant_value?:T axes?:Tind|output:T|mode:string|T=abcdefghijklmnop Tind=fg
Pad 19|data:T pads:=g constant_value?:T axes?:Tind|output:T|mode:string|T=abcdefghijklmnop Tind=fg
Pad 21|data:T pads:=g constant_value?:T axes?:Tind|output:T|mode:string|T=abcdefghijklmnopqrstuv Tind=fg
Pad 23|data:T pads:=g constant_value?:T axes?:Tind|output:T|mode:string|T=abcdefghijklmnopqrstuvw Tind=fg
Pad 24|data:T pads:=g constant_value?:T axes?:Tind|output:T|mode:string|T=abcdefghijklmnopqrstuvwx Tind=fg
Pad 25|data:T pads:=g constant_value?:T axes?:Tind|output:T|mode:string|T=abcdefghijklmnopqrstuvwxyz Tind=fg
Pow 7|X:T Y:T|Z:T||T=ajk
Pow 12|X:T Y:T1|Z:T||T=afgjk T1=abcdefgjklm
Pow 13|X:T Y:T1|Z:T||T=afgjkp T1=abcdefgjklm
Pow 15|X:T Y:T1|Z:T||T=afgjkp T1=abcdefgjklmp
QLinearConv 10|x:T1 x_scale:=a x_zero_point:T1 w:T2 w_scale:=a w_zero_point:T2 y_scale:=a y_zero_point:T3 B?:T4|y:T3|auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints|T1=bc T2=bc T3=bc T4=f
QLinearMatMul 10|a:T1 a_scale:=a a_zero_point:T1 b:T2 b_scale:=a b_zero_point:T2 y_scale:=a y_zero_point:T3|y:T3||T1=bc T2=bc T3=bc
QLinearMatMul 21|a:T1 a_scale:TS a_zero_point:T1 b:T2 b_scale:TS b_zero_point:T2 y_scale:TS y_zero_point:T3|y:T3||TS=ajp T1=bcqrst T2=bcqrst T3=bcqrst
QuantizeLinear 10|x:T1 y_scale:=a y_zero_point?:T2|y:T2||T1=af T2=bc
QuantizeLinear 13|x:T1 y_scale:=a y_zero_point?:T2|y:T2|axis:int|T1=af T2=bc
QuantizeLinear 19|x:T1 y_scale:T1 y_zero_point?:T2|y:T2|axis:int saturate:int|T1=afjp T2=bcqrst
QuantizeLinear 21|x:T1 y_scale:T1 y_zero_point?:T2|y:T2|axis:int block_size:int output_dtype:int saturate:int|T1=afjp T2=bcdeqrstuv
QuantizeLinear 23|x:T1 y_scale:T2 y_zero_point?:T3|y:T3|axis:int block_size:int output_dtype:int precision:int saturate:int|T1=afjp T2=afjp T3=bcdeqrstuvw
QuantizeLinear 24|x:T1 y_scale:T2 y_zero_point?:T3|y:T3|axis:int block_size:int output_dtype:int precision:int saturate:int|T1=afjp T2=afjpx T3=bcdeqrstuvw
QuantizeLinear 25|x:T1 y_scale:T2 y_zero_point?:T3|y:T3|axis:int block_size:int output_dtype:int precision:int saturate:int|T1=afjp T2=afjpx T3=bcdeqrstuvwyz
RMSNormalization 23|X:T scale:V|Y:V|axis:int epsilon:float stash_type:int|T=ajkp V=ajkp
RNN 7|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|Y?:T Y_h?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int|T=ajk T1=f
RNN 14|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|Y?:T Y_h?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int|T=ajk T1=f
RNN 22|X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|Y?:T Y_h?:T|activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int|T=ajkp T1=f
RandomNormal 1||output:T|dtype:int mean:float scale:float seed:float shape!:ints|T=ajk
RandomNormal 22||output:T|dtype:int mean:float scale:float seed:float shape!:ints|T=ajkp
RandomNormalLike 1|input:T1|output:T2|dtype:int mean:float scale:float seed:float|T1=abcdefghijklmno T2=ajk
RandomNormalLike 22|input:T1|output:T2|dtype:int mean:float scale:float seed:float|T1=abcdefghijklmnop T2=ajkp
RandomUniform 1||output:T|dtype:int high:float low:float seed:float shape!:ints|T=ajk
RandomUniform 22||output:T|dtype:int high:float low:float seed:float shape!:ints|T=ajkp
RandomUniformLike 1|input:T1|output:T2|dtype:int high:float low:float seed:float|T1=abcdefghijklmno T2=ajk
RandomUniformLike 22|input:T1|output:T2|dtype:int high:float low:float seed:float|T1=abcdefghijklmnop T2=ajkp
Range 11|start:T limit:T delta:T|output:T||T=aefgk
Reciprocal 6|X:T|Y:T||T=ajk
Reciprocal 13|X:T|Y:T||T=ajkp
ReduceL1 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceL1 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceL1 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceL1 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceL2 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceL2 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceL2 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceL2 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceLogSum 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceLogSum 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceLogSum 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceLogSum 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceLogSumExp 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceLogSumExp 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceLogSumExp 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceLogSumExp 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceMax 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceMax 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceMax 12|data:T|reduced:T|axes:ints keepdims:int|T=abcfgjklm
ReduceMax 13|data:T|reduced:T|axes:ints keepdims:int|T=abcfgjklmp
ReduceMax 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=abcfgjklmp
ReduceMax 20|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=abcfgijklmp
ReduceMean 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceMean 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceMean 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceMean 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceMin 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceMin 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceMin 12|data:T|reduced:T|axes:ints keepdims:int|T=abcfgjklm
ReduceMin 13|data:T|reduced:T|axes:ints keepdims:int|T=abcfgjklmp
ReduceMin 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=abcfgjklmp
ReduceMin 20|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=abcfgijklmp
ReduceProd 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceProd 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceProd 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceProd 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceSum 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceSum 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceSum 13|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
ReduceSumSquare 1|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceSumSquare 11|data:T|reduced:T|axes:ints keepdims:int|T=afgjklm
ReduceSumSquare 13|data:T|reduced:T|axes:ints keepdims:int|T=afgjklmp
ReduceSumSquare 18|data:T axes?:=g|reduced:T|keepdims:int noop_with_empty_axes:int|T=afgjklmp
RegexFullMatch 20|X:T1|Y:T2|pattern:string|T1=h T2=i
Relu 6|X:T|Y:T||T=ajk
Relu 13|X:T|Y:T||T=ajkp
Relu 14|X:T|Y:T||T=acefgjkp
Reshape 5|data:T shape:=g|reshaped:T||T=abcdefghijklmno
Reshape 13|data:T shape:=g|reshaped:T||T=abcdefghijklmnop
Reshape 14|data:T shape:=g|reshaped:T|allowzero:int|T=abcdefghijklmnop
Reshape 19|data:T shape:=g|reshaped:T|allowzero:int|T=abcdefghijklmnopqrst
Reshape 21|data:T shape:=g|reshaped:T|allowzero:int|T=abcdefghijklmnopqrstuv
Reshape 23|data:T shape:=g|reshaped:T|allowzero:int|T=abcdefghijklmnopqrstuvw
Reshape 24|data:T shape:=g|reshaped:T|allowzero:int|T=abcdefghijklmnopqrstuvwx
Reshape 25|data:T shape:=g|reshaped:T|allowzero:int|T=abcdefghijklmnopqrstuvwxyz
Resize 10|X:T scales:=a|Y:T|mode:string|T=abcdefghijklmno
Resize 11|X:T1 roi:T2 scales:=a sizes?:=g|Y:T1|coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float mode:string nearest_mode:string|T1=abcdefghijklmno T2=ajk
Resize 13|X:T1 roi?:T2 scales?:=a sizes?:=g|Y:T1|coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float mode:string nearest_mode:string|T1=abcdefghijklmnop T2=ajk
Resize 18|X:T1 roi?:T2 scales?:=a sizes?:=g|Y:T1|antialias:int axes:ints coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float keep_aspect_ratio_policy:string mode:string nearest_mode:string|T1=abcdefghijklmnop T2=ajk
Resize 19|X:T1 roi?:T2 scales?:=a sizes?:=g|Y:T1|antialias:int axes:ints coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float keep_aspect_ratio_policy:string mode:string nearest_mode:string|T1=abcdefghijklmnop T2=ajk
ReverseSequence 10|input:T sequence_lens:=g|Y:T|batch_axis:int time_axis:int|T=abcdefghijklmno
RoiAlign 10|X:T1 rois:T1 batch_indices:T2|Y:T1|mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float|T1=ajk T2=g
RoiAlign 16|X:T1 rois:T1 batch_indices:T2|Y:T1|coordinate_transformation_mode:string mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float|T1=ajk T2=g
RoiAlign 22|X:T1 rois:T1 batch_indices:T2|Y:T1|coordinate_transformation_mode:string mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float|T1=ajkp T2=g
RotaryEmbedding 23|X:T cos_cache:T sin_cache:T position_ids?:M|Y:T|interleaved:int num_heads:int rotary_embedding_dim:int|T=ajp M=g
Round 11|X:T|Y:T||T=ajk
Round 22|X:T|Y:T||T=ajkp
STFT 17|signal:T1 frame_step:T2 window?:T1 frame_length?:T2|output:T1|onesided:int|T1=ajkp T2=fg
Scan 8|sequence_lens?:I initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph directions:ints num_scan_inputs!:int|I=g V=abcdefghijklmno
Scan 9|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmno
Scan 11|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmno
Scan 16|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmnop
Scan 19|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmnopqrst
Scan 21|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmnopqrstuv
Scan 23|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmnopqrstuvw
Scan 24|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmnopqrstuvwx
Scan 25|initial_state_and_scan_inputs***1:V|final_state_and_scan_outputs***1:V|body!:graph num_scan_inputs!:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints|V=abcdefghijklmnopqrstuvwxyz
Scatter 9|data:T indices:Tind updates:T|output:T|axis:int|T=abcdefghijklmno Tind=fg
Scatter 11 deprecated|data:T indices:Tind updates:T|output:T|axis:int|T=abcdefghijklmno Tind=fg
ScatterElements 11|data:T indices:Tind updates:T|output:T|axis:int|T=abcdefghijklmno Tind=fg
ScatterElements 13|data:T indices:Tind updates:T|output:T|axis:int|T=abcdefghijklmnop Tind=fg
ScatterElements 16|data:T indices:Tind updates:T|output:T|axis:int reduction:string|T=abcdefghijklmnop Tind=fg
ScatterElements 18|data:T indices:Tind updates:T|output:T|axis:int reduction:string|T=abcdefghijklmnop Tind=fg
ScatterND 11|data:T indices:=g updates:T|output:T||T=abcdefghijklmno
ScatterND 13|data:T indices:=g updates:T|output:T||T=abcdefghijklmnop
ScatterND 16|data:T indices:=g updates:T|output:T|reduction:string|T=abcdefghijklmnop
ScatterND 18|data:T indices:=g updates:T|output:T|reduction:string|T=abcdefghijklmnop
Selu 6|X:T|Y:T|alpha:float gamma:float|T=ajk
Selu 22|X:T|Y:T|alpha:float gamma:float|T=ajkp
SequenceAt 11|input_sequence:S position:I|tensor:T||S=* T=abcdefghijklmno I=fg
SequenceConstruct 11|inputs...1:T|output_sequence:S||T=abcdefghijklmno S=*
SequenceEmpty 11||output:S|dtype:int|S=*
SequenceErase 11|input_sequence:S position?:I|output_sequence:S||S=* I=fg
SequenceInsert 11|input_sequence:S tensor:T position?:I|output_sequence:S||T=abcdefghijklmno S=* I=fg
SequenceLength 11|input_sequence:S|length:I||S=* I=g
SequenceMap 17|input_sequence:S additional_inputs***0:V|out_sequence***1:S|body!:graph|S=* V=abcdefghijklmno*
Shape 1|data:T|shape:T1||T=abcdefghijklmno T1=g
Shape 13|data:T|shape:T1||T=abcdefghijklmnop T1=g
Shape 15|data:T|shape:T1|end:int start:int|T=abcdefghijklmnop T1=g
Shape 19|data:T|shape:T1|end:int start:int|T=abcdefghijklmnopqrst T1=g
Shape 21|data:T|shape:T1|end:int start:int|T=abcdefghijklmnopqrstuv T1=g
Shape 23|data:T|shape:T1|end:int start:int|T=abcdefghijklmnopqrstuvw T1=g
Shape 24|data:T|shape:T1|end:int start:int|T=abcdefghijklmnopqrstuvwx T1=g
Shape 25|data:T|shape:T1|end:int start:int|T=abcdefghijklmnopqrstuvwxyz T1=g
Shrink 9|input:T|output:T|bias:float lambd:float|T=abcdefgjklm
Sigmoid 6|X:T|Y:T||T=ajk
Sigmoid 13|X:T|Y:T||T=ajkp
Sign 9|input:T|output:T||T=abcdefgjklm
Sign 13|input:T|output:T||T=abcdefgjklmp
Sin 7|input:T|output:T||T=ajk
Sin 22|input:T|output:T||T=ajkp
Sinh 9|input:T|output:T||T=ajk
Sinh 22|input:T|output:T||T=ajkp
Size 1|data:T|size:T1||T=abcdefghijklmno T1=g
Size 13|data:T|size:T1||T=abcdefghijklmnop T1=g
Size 19|data:T|size:T1||T=abcdefghijklmnopqrst T1=g
Size 21|data:T|size:T1||T=abcdefghijklmnopqrstuv T1=g
Size 23|data:T|size:T1||T=abcdefghijklmnopqrstuvw T1=g
Size 24|data:T|size:T1||T=abcdefghijklmnopqrstuvwx T1=g
Size 25|data:T|size:T1||T=abcdefghijklmnopqrstuvwxyz T1=g
Slice 1|data:T|output:T|axes:ints ends!:ints starts!:ints|T=abcdefghijklmno
Slice 10|data:T starts:Tind ends:Tind axes?:Tind steps?:Tind|output:T||T=abcdefghijklmno Tind=fg
Slice 11|data:T starts:Tind ends:Tind axes?:Tind steps?:Tind|output:T||T=abcdefghijklmno Tind=fg
Slice 13|data:T starts:Tind ends:Tind axes?:Tind steps?:Tind|output:T||T=abcdefghijklmnop Tind=fg
Softmax 1|input:T|output:T|axis:int|T=ajk
Softmax 11|input:T|output:T|axis:int|T=ajk
Softmax 13|input:T|output:T|axis:int|T=ajkp
SoftmaxCrossEntropyLoss 12|scores:T labels:Tind weights?:T|output:T log_prob?:T|ignore_index:int reduction:string|T=ajk Tind=fg
SoftmaxCrossEntropyLoss 13|scores:T labels:Tind weights?:T|output:T log_prob?:T|ignore_index:int reduction:string|T=ajkp Tind=fg
Softplus 1|X:T|Y:T||T=ajk
Softplus 22|X:T|Y:T||T=ajkp
Softsign 1|input:T|output:T||T=ajk
Softsign 22|input:T|output:T||T=ajkp
SpaceToDepth 1|input:T|output:T|blocksize!:int|T=abcdefghijklmno
SpaceToDepth 13|input:T|output:T|blocksize!:int|T=abcdefghijklmnop
Split 2|input:T|outputs...1:T|axis:int split:ints|T=abcdefghijklmno
Split 11|input:T|outputs...1:T|axis:int split:ints|T=abcdefghijklmno
Split 13|input:T split?:=g|outputs...1:T|axis:int|T=abcdefghijklmnop
Split 18|input:T split?:=g|outputs...1:T|axis:int num_outputs:int|T=abcdefghijklmnop
SplitToSequence 11|input:T split?:I|output_sequence:S|axis:int keepdims:int|T=abcdefghijklmno I=fg S=*
SplitToSequence 24|input:T split?:I|output_sequence:S|axis:int keepdims:int|T=abcdefghijklmnop I=fg S=*
Sqrt 6|X:T|Y:T||T=ajk
Sqrt 13|X:T|Y:T||T=ajkp
Squeeze 1|data:T|squeezed:T|axes:ints|T=abcdefghijklmno
Squeeze 11|data:T|squeezed:T|axes:ints|T=abcdefghijklmno
Squeeze 13|data:T axes?:=g|squeezed:T||T=abcdefghijklmnop
Squeeze 21|data:T axes?:=g|squeezed:T||T=abcdefghijklmnopqrstuv
Squeeze 23|data:T axes?:=g|squeezed:T||T=abcdefghijklmnopqrstuvw
Squeeze 24|data:T axes?:=g|squeezed:T||T=abcdefghijklmnopqrstuvwx
Squeeze 25|data:T axes?:=g|squeezed:T||T=abcdefghijklmnopqrstuvwxyz
StringConcat 20|X:T Y:T|Z:T||T=h
StringNormalizer 10|X:=h|Y:=h|case_change_action:string is_case_sensitive:int locale:string stopwords:strings|
StringSplit 20|X:T1|Y:T2 Z:T3|delimiter:string maxsplit:int|T1=h T2=h T3=g
Sub 7|A:T B:T|C:T||T=afgjklm
Sub 13|A:T B:T|C:T||T=afgjklmp
Sub 14|A:T B:T|C:T||T=abcdefgjklmp
Sum 6|data_0...1:T|sum:T||T=ajk
Sum 8|data_0...1:T|sum:T||T=ajk
Sum 13|data_0...1:T|sum:T||T=ajkp
Swish 24|X:T|Y:T|alpha:float|T=ajkp
Tan 7|input:T|output:T||T=ajk
Tan 22|input:T|output:T||T=ajkp
Tanh 6|input:T|output:T||T=ajk
Tanh 13|input:T|output:T||T=ajkp
TensorScatter 24|past_cache:T update:T write_indices?:=g|present_cache:T|axis:int mode:string|T=abcdefghijklmnopqrstuvwx
TfIdfVectorizer 9|X:T|Y:T1|max_gram_length!:int max_skip_count!:int min_gram_length!:int mode!:string ngram_counts!:ints ngram_indexes!:ints pool_int64s:ints pool_strings:strings weights:floats|T=fgh T1=a
ThresholdedRelu 10|X:T|Y:T|alpha:float|T=ajk
ThresholdedRelu 22|X:T|Y:T|alpha:float|T=ajkp
Tile 6|input:T repeats:T1|output:T||T=abcdefghijklmno T1=g
Tile 13|input:T repeats:T1|output:T||T=abcdefghijklmnop T1=g
TopK 1|X:T|Values:T Indices:I|axis:int k!:int|T=ajk I=g
TopK 10|X:T K:=g|Values:T Indices:I|axis:int|T=ajk I=g
TopK 11|X:T K:=g|Values:T Indices:I|axis:int largest:int sorted:int|T=abcdefgjklm I=g
TopK 24|X:T K:=g|Values:T Indices:I|axis:int largest:int sorted:int|T=abcdefgjklmp I=g
Transpose 1|data:T|transposed:T|perm:ints|T=abcdefghijklmno
Transpose 13|data:T|transposed:T|perm:ints|T=abcdefghijklmnop
Transpose 21|data:T|transposed:T|perm:ints|T=abcdefghijklmnopqrstuv
Transpose 23|data:T|transposed:T|perm:ints|T=abcdefghijklmnopqrstuvw
Transpose 24|data:T|transposed:T|perm:ints|T=abcdefghijklmnopqrstuvwx
Transpose 25|data:T|transposed:T|perm:ints|T=abcdefghijklmnopqrstuvwxyz
Trilu 14|input:T k?:=g|output:T|upper:int|T=abcdefghijklmnop
Unique 11|X:T|Y:T indices?:=g inverse_indices?:=g counts?:=g|axis:int sorted:int|T=abcdefghijklmno
Unsqueeze 1|data:T|expanded:T|axes!:ints|T=abcdefghijklmno
Unsqueeze 11|data:T|expanded:T|axes!:ints|T=abcdefghijklmno
Unsqueeze 13|data:T axes:=g|expanded:T||T=abcdefghijklmnop
Unsqueeze 21|data:T axes:=g|expanded:T||T=abcdefghijklmnopqrstuv
Unsqueeze 23|data:T axes:=g|expanded:T||T=abcdefghijklmnopqrstuvw
Unsqueeze 24|data:T axes:=g|expanded:T||T=abcdefghijklmnopqrstuvwx
Unsqueeze 25|data:T axes:=g|expanded:T||T=abcdefghijklmnopqrstuvwxyz
Upsample 7|X:T|Y:T|mode:string scales!:floats|T=abcdefghijklmno
Upsample 9|X:T scales:=a|Y:T|mode:string|T=abcdefghijklmno
Upsample 10 deprecated|X:T scales:=a|Y:T|mode:string|T=abcdefghijklmno
Where 9|condition:B X:T Y:T|output:T||B=i T=abcdefghijklmno
Where 16|condition:B X:T Y:T|output:T||B=i T=abcdefghijklmnop
Xor 7|A:T B:T|C:T1||T=i T1=i
ai.onnx.ml.ArrayFeatureExtractor 1|X:T Y:=g|Z:T||T=afghk
ai.onnx.ml.Binarizer 1|X:T|Y:T|threshold:float|T=afgk
ai.onnx.ml.CastMap 1|X:T1|Y:T2|cast_to:string map_form:string max_map:int|T1=* T2=agh
ai.onnx.ml.CategoryMapper 1|X:T1|Y:T2|cats_int64s:ints cats_strings:strings default_int64:int default_string:string|T1=gh T2=gh
ai.onnx.ml.DictVectorizer 1|X:T1|Y:T2|int64_vocabulary:ints string_vocabulary:strings|T1=* T2=aghk
ai.onnx.ml.FeatureVectorizer 1|X...1:T1|Y:=a|inputdimensions:ints|T1=afgk
ai.onnx.ml.Imputer 1|X:T|Y:T|imputed_value_floats:floats imputed_value_int64s:ints replaced_value_float:float replaced_value_int64:int|T=afgk
ai.onnx.ml.LabelEncoder 1|X:T1|Y:T2|classes_strings:strings default_int64:int default_string:string|T1=gh T2=gh
ai.onnx.ml.LabelEncoder 2|X:T1|Y:T2|default_float:float default_int64:int default_string:string keys_floats:floats keys_int64s:ints keys_strings:strings values_floats:floats values_int64s:ints values_strings:strings|T1=agh T2=agh
ai.onnx.ml.LabelEncoder 4|X:T1|Y:T2|default_float:float default_int64:int default_string:string default_tensor:tensor keys_floats:floats keys_int64s:ints keys_strings:strings keys_tensor:tensor values_floats:floats values_int64s:ints values_strings:strings values_tensor:tensor|T1=aefghk T2=aefghk
ai.onnx.ml.LinearClassifier 1|X:T1|Y:T2 Z:=a|classlabels_ints:ints classlabels_strings:strings coefficients!:floats intercepts:floats multi_class:int post_transform:string|T1=afgk T2=gh
ai.onnx.ml.LinearRegressor 1|X:T|Y:=a|coefficients:floats intercepts:floats post_transform:string targets:int|T=afgk
ai.onnx.ml.Normalizer 1|X:T|Y:=a|norm:string|T=afgk
ai.onnx.ml.OneHotEncoder 1|X:T|Y:=a|cats_int64s:ints cats_strings:strings zeros:int|T=afghk
ai.onnx.ml.SVMClassifier 1|X:T1|Y:T2 Z:=a|classlabels_ints:ints classlabels_strings:strings coefficients:floats kernel_params:floats kernel_type:string post_transform:string prob_a:floats prob_b:floats rho:floats support_vectors:floats vectors_per_class:ints|T1=afgk T2=gh
ai.onnx.ml.SVMRegressor 1|X:T|Y:=a|coefficients:floats kernel_params:floats kernel_type:string n_supports:int one_class:int post_transform:string rho:floats support_vectors:floats|T=afgk
ai.onnx.ml.Scaler 1|X:T|Y:=a|offset:floats scale:floats|T=afgk
ai.onnx.ml.TreeEnsemble 5|X:T|Y:T|aggregate_function:int leaf_targetids!:ints leaf_weights!:tensor membership_values:tensor n_targets:int nodes_falseleafs!:ints nodes_falsenodeids!:ints nodes_featureids!:ints nodes_hitrates:tensor nodes_missing_value_tracks_true:ints nodes_modes!:tensor nodes_splits!:tensor nodes_trueleafs!:ints nodes_truenodeids!:ints post_transform:int tree_roots!:ints|T=ajk
ai.onnx.ml.TreeEnsembleClassifier 1|X:T1|Y:T2 Z:=a|base_values:floats class_ids:ints class_nodeids:ints class_treeids:ints class_weights:floats classlabels_int64s:ints classlabels_strings:strings nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_missing_value_tracks_true:ints nodes_modes:strings nodes_nodeids:ints nodes_treeids:ints nodes_truenodeids:ints nodes_values:floats post_transform:string|T1=afgk T2=gh
ai.onnx.ml.TreeEnsembleClassifier 3|X:T1|Y:T2 Z:=a|base_values:floats base_values_as_tensor:tensor class_ids:ints class_nodeids:ints class_treeids:ints class_weights:floats class_weights_as_tensor:tensor classlabels_int64s:ints classlabels_strings:strings nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_hitrates_as_tensor:tensor nodes_missing_value_tracks_true:ints nodes_modes:strings nodes_nodeids:ints nodes_treeids:ints nodes_truenodeids:ints nodes_values:floats nodes_values_as_tensor:tensor post_transform:string|T1=afgk T2=gh
ai.onnx.ml.TreeEnsembleClassifier 5 deprecated|X:T1|Y:T2 Z:=a|base_values:floats base_values_as_tensor:tensor class_ids:ints class_nodeids:ints class_treeids:ints class_weights:floats class_weights_as_tensor:tensor classlabels_int64s:ints classlabels_strings:strings nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_hitrates_as_tensor:tensor nodes_missing_value_tracks_true:ints nodes_modes:strings nodes_nodeids:ints nodes_treeids:ints nodes_truenodeids:ints nodes_values:floats nodes_values_as_tensor:tensor post_transform:string|T1=afgk T2=gh
ai.onnx.ml.TreeEnsembleRegressor 1|X:T|Y:=a|aggregate_function:string base_values:floats n_targets:int nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_missing_value_tracks_true:ints nodes_modes:strings nodes_nodeids:ints nodes_treeids:ints nodes_truenodeids:ints nodes_values:floats post_transform:string target_ids:ints target_nodeids:ints target_treeids:ints target_weights:floats|T=afgk
ai.onnx.ml.TreeEnsembleRegressor 3|X:T|Y:=a|aggregate_function:string base_values:floats base_values_as_tensor:tensor n_targets:int nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_hitrates_as_tensor:tensor nodes_missing_value_tracks_true:ints nodes_modes:strings nodes_nodeids:ints nodes_treeids:ints nodes_truenodeids:ints nodes_values:floats nodes_values_as_tensor:tensor post_transform:string target_ids:ints target_nodeids:ints target_treeids:ints target_weights:floats target_weights_as_tensor:tensor|T=afgk
ai.onnx.ml.TreeEnsembleRegressor 5 deprecated|X:T|Y:=a|aggregate_function:string base_values:floats base_values_as_tensor:tensor n_targets:int nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_hitrates_as_tensor:tensor nodes_missing_value_tracks_true:ints nodes_modes:strings nodes_nodeids:ints nodes_treeids:ints nodes_truenodeids:ints nodes_values:floats nodes_values_as_tensor:tensor post_transform:string target_ids:ints target_nodeids:ints target_treeids:ints target_weights:floats target_weights_as_tensor:tensor|T=afgk
ai.onnx.ml.ZipMap 1|X:=a|Z:T|classlabels_int64s:ints classlabels_strings:strings|T=*
`
